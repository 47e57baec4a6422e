"""How alike two words are: the letters that have to be changed to make one of the other."""


def distance(one: str, other: str) -> int:
    """Levenshtein's distance. For words: it costs the product of their lengths."""
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        before, row[0] = row[0], number
        for column, opposite in enumerate(other, start=1):
            change = before + (letter != opposite)
            before = row[column]
            row[column] = min(row[column] + 1, row[column - 1] + 1, change)
    return row[-1]
