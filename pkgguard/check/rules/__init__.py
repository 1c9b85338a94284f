"""The rules, one module per rule, which is named after the rule's id and defines :data:`RULE`."""
