"""One-token changes of a rule file: what someone might have written by mistake.

Works on the tokens of the language alone; what comes out need not be a good rule file. Tests stay as they are.
"""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<blank>\s+|\#[^\n]*)
      | (?P<string>[rf]*"(?:\\.|[^"\\\n])*"|[rf]*'(?:\\.|[^'\\\n])*')
      | (?P<number>\d+(?:\.\d*)?(?:[eE][-+]?\d+)?)
      | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
      | (?P<op>=>|==|!=|<=|>=|//|\*\*|\.\.\.|.)""",
    re.X | re.S)

OTHER_WORD = {
    "True": ["False"], "False": ["True"], "None": ["0"], "and": ["or"], "or": ["and"], "any": ["all"], "all": ["any"],
    "min": ["max"], "max": ["min"], "before": ["after"], "after": ["before"], "where": ["unless"], "unless": ["where"],
    "users": ["inputs"], "inputs": ["users"], "shape": ["dtype"], "only": ["except"], "except": ["only"],
    "args": ["kwargs"], "most": ["least"], "least": ["most"],
}
OTHER_OP = {"==": ["!="], "!=": ["=="], "<": ["<=", ">"], "<=": ["<", ">="], ">": [">=", "<"], ">=": [">", "<="],
            "+": ["-"], "-": ["+"], "*": ["+"], "//": ["*"]}
CLAUSES = {"where", "unless", "let", "match", "rewrite"}
STATEMENTS = {"clone", "insert", "replace", "set", "delete", "move", "erase", "remember", "let", "if", "for", "fail",
              "warn", "eliminate"}
STEPS = {"sweep", "eliminate", "repeat", "in", "if", "run", "requires", "ensures", "expect"}
DECLARATIONS = {"import", "ops", "pattern", "define", "rule", "pass", "test"}
OPEN, CLOSE = "([{", ")]}"


@dataclass
class Token:
    kind: str
    text: str
    begin: int
    end: int
    depth: int = 0  # of the brackets around it
    top: str = ""   # the declaration that it stands in


def tokens_of(text):
    tokens, depth, top, at = [], 0, "", 0
    while at < len(text):
        match = TOKEN.match(text, at)
        at = match.end()
        if match.lastgroup == "blank":
            continue
        token = Token(match.lastgroup, match.group(), match.start(), match.end())
        if token.text in CLOSE and token.kind == "op":
            depth -= 1
        if depth == 0 and token.kind == "name" and token.text in DECLARATIONS and (
                not tokens or "\n" in text[tokens[-1].end:token.begin]):
            top = token.text
        token.depth, token.top = depth, top
        if token.text in OPEN and token.kind == "op":
            depth += 1
        tokens.append(token)
    return tokens


def mutants_of(text):
    """(line, what, text) of each, in the order of the text."""
    tokens = tokens_of(text)
    ops = sorted({op for _, _, op in dotted(tokens)})
    for i, token in enumerate(tokens):
        if token.top in ("test", "import"):
            continue
        line = text.count("\n", 0, token.begin) + 1
        for begin, end, fresh, what in changes(text, tokens, i, ops):
            yield line, what, text[:begin] + fresh + text[end:]


def dotted(tokens):
    """Names of ops: (first token, past the last, text)."""
    i = 0
    while i < len(tokens):
        end = i + 1
        while end + 1 < len(tokens) and tokens[end].text == "." and tokens[end + 1].kind == "name":
            end += 2
        whole = end == len(tokens) or tokens[end].text not in (".", "{")
        if whole and tokens[i].kind == "name" and end >= i + 3 and tokens[i].text in ("aten", "edge", "torch", "operator"):
            yield i, end, "".join(token.text for token in tokens[i:end])
        i = end


def changes(text, tokens, i, ops):
    token = tokens[i]
    before = tokens[i - 1].text if i else ""
    after = tokens[i + 1].text if i + 1 < len(tokens) else ""

    def instead(fresh):
        return token.begin, token.end, fresh, f"{token.text} -> {fresh}"

    if token.kind == "number":
        if "." in token.text or "e" in token.text:
            yield instead(str(float(token.text) * 2 or 1.0))
        else:
            yield instead(str(int(token.text) + 1))
            if int(token.text) > 0:
                yield instead(str(int(token.text) - 1))
    elif token.kind == "string" and token.top != "import":
        yield token.end - 1, token.end - 1, "_", f"{token.text} longer"
    elif token.kind == "op" and token.text in OTHER_OP and is_operator(tokens, i):
        for fresh in OTHER_OP[token.text]:
            yield instead(fresh)
    elif token.text == "not":
        if before == "is":
            yield tokens[i - 1].end, token.end, "", "is not -> is"
        else:
            yield token.begin, token.end, "", "not dropped"
    elif token.text == "is" and after != "not":
        yield token.begin, token.end, "is not", "is -> is not"
    elif token.kind == "name" and token.text in OTHER_WORD:
        for fresh in OTHER_WORD[token.text]:
            yield instead(fresh)
    if token.text in ("and", "or"):
        yield (*operand_after(tokens, i), "", f"what is after `{token.text}` dropped")
    if token.kind == "name" and token.text in ("where", "unless") and token.depth == 1:
        yield (*until(tokens, i, CLAUSES), "", f"`{token.text}` dropped")
    if token.kind == "name" and token.top == "rule" and token.depth > 1 and starts_line(text, token):
        if token.text in ("clone", "insert", "replace", "set", "delete", "move", "erase", "remember", "eliminate"):
            yield (*until(tokens, i, STATEMENTS | {"else"}), "", f"`{token.text}` dropped")
    if token.top == "pass" and token.text in ("sweep", "eliminate", "ensures", "requires", "expect"):
        yield (*until(tokens, i, STEPS), "", f"`{token.text}` dropped")
    if token.text in ("backward", "over") and token.top == "pass":
        yield (token.begin, tokens[i + (token.text == "over")].end, "", f"`{token.text}` dropped")
    if token.text == "..." and before != "(":
        yield tokens[i - 1].begin, token.end, "", "... dropped"
    if token.kind == "name" and before in ("{", ",") and after in (",", "}") and token.depth and in_braces(tokens, i):
        begin, end = (tokens[i - 1].begin, token.end) if before == "," else (token.begin, tokens[i + 1].end)
        yield begin, end, "", f"{token.text} dropped from the set"
    if token.kind == "name" and before != ".":
        for first, last, op in dotted(tokens[i:i + 12]):
            for fresh in [each for each in ops if each != op][:2] if first == 0 else []:
                yield token.begin, tokens[i + last - 1].end, fresh, f"{op} -> {fresh}"
            break


def is_operator(tokens, i):
    """Not the mark of a chain, of `*rest`, of a negative number."""
    if tokens[i].text not in ("*", "-", "+"):
        return True
    before, after = tokens[i - 1], tokens[i + 1]
    return (before.kind in ("name", "number") or before.text in CLOSE) and tokens[i].begin > before.end and \
        after.begin > tokens[i].end


def in_braces(tokens, i):
    depth = tokens[i].depth
    for token in reversed(tokens[:i]):
        if token.depth == depth - 1 and token.text in OPEN:
            return token.text == "{" and token.top in ("ops", "rule", "pattern", "define")
    return False


def starts_line(text, token):
    return text[text.rfind("\n", 0, token.begin) + 1:token.begin].strip(" {}") == "" or \
        text[:token.begin].rstrip(" ").endswith(("{", "  "))


def operand_after(tokens, i):
    """From `and` to the next operator or end of the brackets that it stands in."""
    depth = tokens[i].depth
    for j in range(i + 1, len(tokens)):
        token = tokens[j]
        ends = token.depth < depth or (token.depth == depth and token.text in (
            "and", "or", "if", "else", "for", ",", "}", "where", "unless", "let", "rewrite", "define", "rule", "pass",
            "ops", "pattern"))
        if ends:
            return tokens[i].begin, tokens[j - 1].end
    return tokens[i].begin, tokens[-1].end


def until(tokens, i, words):
    """From a keyword to the next one of the same level, or the end of the block."""
    depth = tokens[i].depth
    for j in range(i + 1, len(tokens)):
        token = tokens[j]
        starts = token.depth == depth and token.kind == "name" and token.text in words and tokens[j - 1].text not in (
            ".", "not", "=", "in", "and", "or", "else")
        if token.depth < depth or starts:
            return tokens[i].begin, tokens[j - 1].end
    return tokens[i].begin, tokens[-1].end
