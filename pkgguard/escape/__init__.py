"""One escape for each format that text from outside is written into.

Each function accepts any text and returns it in a form that the format's own reader
treats completely as text: nothing in it is run or expanded, and it does not add lines.
"""
