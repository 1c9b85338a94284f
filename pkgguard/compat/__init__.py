"""What works with what: releases, the releases of a package version, and guards."""
