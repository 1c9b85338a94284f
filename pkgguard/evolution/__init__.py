"""How releases of a project are numbered: version policies, and promises about versions."""
