"""Where packages are built: what a source package's own tools ask of pkgguard."""
