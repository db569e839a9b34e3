"""Texts that make a careless renderer run for ever or eat all memory."""

MARKDOWN_BOMBS = {
    "brackets": "[" * 20_000,
    "wide table": "a|" * 11_000 + "\n" + "-|" * 11_000 + "\n" + "a|" * 11_000,
    "open tags": "<a " * 6_666,
    "half comments": "<![" * 8_000,
    "deep quotes": ">" * 6_000 + " x",
    "deep list": "".join(f"{'    ' * depth}* x\n" for depth in range(140)),
    "stars": "*a _b " * 6_000,
    "backticks": "`" * 20_000 + " " + "`" * 19_999,
    "references": "[a][b] " * 5_000 + "\n[b]: /" + "x" * 5_000,
}

PDF_BOMBS = {
    "nested flex": "<div style='display:flex'>" * 11 + "x" + "</div>" * 11,
    "wide cell": "<table><tr><td colspan=100000000>x</table>",
    "variables": "<style>:root{--a0:x x x x x x x x x x;"
    + "".join(f"--a{n}:" + f"var(--a{n - 1}) " * 10 + ";" for n in range(1, 9))
    + "}p{font-family:var(--a8)}</style><p>x</p>",
    "long table": "<table>" + "<tr>" + "<td>a cell with words</td>" * 6 + "</tr>" * 1,
    "deep boxes": "<div>" * 3_000 + "x",
}
PDF_BOMBS["long table"] = "<table>" + ("<tr>" + "<td>a cell with words</td>" * 6 + "</tr>") * 6_000 + "</table>"
