"""Support for build tools: debhelper, debputy, rpmbuild, and scaffolds of packages."""
