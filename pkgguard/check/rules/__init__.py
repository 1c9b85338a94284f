"""The rules, one module each, named by the rule's id with underscores; each has its :data:`RULE`."""
