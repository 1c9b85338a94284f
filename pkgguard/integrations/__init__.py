"""What the build tools use: debhelper, debputy, rpmbuild, and scaffolds of packages."""
