"""Tables as people have them, each with the cells that are expected of it.

The expected cells were written by hand; a gap is None. `encoding` is that of the file.
"""

from dataclasses import dataclass

Cell = float | str | None


@dataclass(frozen=True)
class Sample:
    """A file, and its complete rows. note: a part of the report that must be there."""

    name: str
    text: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    encoding: str = "utf-8"


XY = ("x", "y")

SAMPLES = [
    # --- decimal commas ---
    Sample("tabs and decimal commas", "x\ty\n1,5\t2\n2,25\t-3,5\n", XY, ((1.5, 2), (2.25, -3.5)), "decimal commas"),
    Sample("no head, tabs", "1,5\t2,5\n2,5\t3,75\n3\t4\n", ("x1", "x2"), ((1.5, 2.5), (2.5, 3.75), (3, 4)), "no head"),
    Sample("no head, one integer row", "1;2\n2,5;3,75\n", ("x1", "x2"), ((1, 2), (2.5, 3.75))),
    Sample("bare commas", "x;y\n,5;1,\n-,25;+2,\n", XY, ((0.5, 1), (-0.25, 2)), "decimal commas"),
    Sample("decimal commas with exponents", "x;y\n1,5e3;1\n2,5E-1;2\n", XY, ((1500, 1), (0.25, 2))),
    Sample("quoted decimal commas", 'x,y\n"1,5",2\n"2,25",3\n', XY, ((1.5, 2), (2.25, 3)), "decimal commas"),
    Sample("zero point three digits", "x;y\n0,125;1\n0,250;2\n", XY, ((0.125, 1), (0.25, 2)), "decimal commas"),
    Sample(
        "three digits beside decimal commas",
        "x;y\n1,234;1,5\n2,345;2,5\n",
        XY,
        ((1.234, 1.5), (2.345, 2.5)),
        "decimal commas: columns 1 (x), 2 (y)",
    ),
    Sample(
        "decimal commas between blanks",
        "1,5 2,5\n2,5 3,5\n3,5 1,5\n",
        ("x1", "x2"),
        ((1.5, 2.5), (2.5, 3.5), (3.5, 1.5)),
    ),
    Sample("decimal commas and a class", "x;kind\n1,5;a, b\n2,5;c\n", ("x", "kind"), ((1.5, "a, b"), (2.5, "c"))),
    # --- thousands ---
    Sample(
        "points between thousands", "x;y\n1.234,5;1\n12.345.678;2\n", XY, ((1234.5, 1), (12345678, 2)), "points between"
    ),
    Sample(
        "points between thousands in a file of decimal commas",
        "x;y\n1.234;1,5\n12.345;2,25\n",
        XY,
        ((1234, 1.5), (12345, 2.25)),
        "points between thousands: column 1 (x)",
    ),
    Sample("points that are no thousands", "x;y\n1.5;1,5\n2.25;2,5\n", XY, ((1.5, 1.5), (2.25, 2.5))),
    Sample(
        "blanks between thousands", "x;y\n1 200;1\n1 234 567,5;2\n", XY, ((1200, 1), (1234567.5, 2)), "blanks between"
    ),
    Sample(
        "narrow blanks", "x;y\n1\u202f200;1\n2\u00a0500;2\n", XY, ((1200, 1), (2500, 2)), "blanks between thousands"
    ),
    Sample("apostrophes", "x;y\n1'200.50;1\n2’500.25;2\n", XY, ((1200.5, 1), (2500.25, 2)), "apostrophes between"),
    Sample(
        "commas and points", 'x,y\n"1,200.50",1\n"12,345,678",2\n3.5,3\n', XY, ((1200.5, 1), (12345678, 2), (3.5, 3))
    ),
    Sample(
        "commas between thousands and semicolons",
        "x;y\n150,000;1\n2,500;2\n",
        XY,
        ((150000, 1), (2500, 2)),
        "commas between",
    ),
    Sample("commas between thousands beside points", "x\ty\n1,200\t1.5\n3,400\t2.5\n", XY, ((1200, 1.5), (3400, 2.5))),
    # --- signs ---
    Sample("dollars", 'x,y\n$1.50,1\n"-$2,000",2\n$-3,3\n', XY, ((1.5, 1), (-2000, 2), (-3, 3)), "currency: $"),
    Sample("euros after", "x;y\n1.234,56 €;1\n99,00€;2\n", XY, ((1234.56, 1), (99, 2)), "currency: €: column 1 (x)"),
    Sample("pounds", "x,y\n£5,1\n£6.5,2\n", XY, ((5, 1), (6.5, 2)), "currency: £", "cp1252"),
    Sample(
        "yuan in two ways",
        "价格,y\n¥100,1\n200元,2\n￥30,3\n",
        ("价格", "y"),
        ((100, 1), (200, 2), (30, 3)),
        "currency: ¥",
    ),
    Sample("a code", "x,y\nUSD 5,1\n6 USD,2\n", XY, ((5, 1), (6, 2)), "currency: $"),
    Sample("francs", "x;y\nCHF 1'200.-;1\nCHF 300;2\n", XY, ((("CHF 1'200.-"), 1), ("CHF 300", 2))),
    Sample("two currencies are texts", "x,y\n$5,1\n€6,2\n", XY, (("$5", 1), ("€6", 2))),
    Sample("per cent", "x,y\n45%,1\n12.5 %,2\n", XY, ((45, 1), (12.5, 2)), "per cent: 45% is read as 45: column 1 (x)"),
    Sample("per cent with decimal commas", "x;y\n45,5%;1\n-1,5 %;2\n", XY, ((45.5, 1), (-1.5, 2)), "per cent"),
    Sample("per cent and shares are texts", "x,y\n45%,1\n0.5,2\n", XY, (("45%", 1), ("0.5", 2))),
    Sample("an en dash", "x,y\n–1.5,1\n2,2\n", XY, ((-1.5, 1), (2, 2)), "a minus sign of its own"),
    Sample("a full-width minus", "x,y\n－1.5,1\n2,2\n", XY, ((-1.5, 1), (2, 2)), "a minus sign of its own"),
    Sample(
        "brackets",
        'x,y\n(1.5),1\n"(2,000)",2\n3,3\n',
        XY,
        ((-1.5, 1), (-2000, 2), (3, 3)),
        "negative numbers in brackets",
    ),
    # --- gaps ---
    *(
        Sample(
            f"gap {gap}",
            f"x,y\n1.5,1\n{gap},2\n2.5,3\n3.5,4\n",
            XY,
            ((1.5, 1), (2.5, 3), (3.5, 4)),
            f"marked {gap}: column 1",
        )
        for gap in ("?", "NA", "N/A", "n/a", "#N/A", "NULL", "null", "NaN", "None", "-", "--", ".", "—", "<NA>", "缺失")
    ),
    Sample(
        "gaps and decimal commas", "x;y\n1,5;-\n2,5;2\n?;3\n4;4\n", XY, ((2.5, 2), (4, 4)), "marked ?: column 1 (x)"
    ),
    Sample(
        "a gap among texts", "x,kind\n1,a\n2,?\n3,b\n", ("x", "kind"), ((1, "a"), (3, "b")), "marked ?: column 2 (kind)"
    ),
    Sample("plus and minus are classes", "x,kind\n1,+\n2,-\n3,+\n", ("x", "kind"), ((1, "+"), (2, "-"), (3, "+"))),
    Sample("a gap in the first row, no head", "?,2\n1,3\n2,5\n", ("x1", "x2"), ((1, 3), (2, 5)), "no header"),
    # --- layout ---
    Sample("sep= in quotes", '"sep=;"\nx;y\n1;3\n2;5\n', XY, ((1, 3), (2, 5)), "the line sep= is not a row"),
    Sample("sep= of Windows", "sep=\t\r\nx\ty\r\n1\t3\r\n2\t5\r\n", XY, ((1, 3), (2, 5)), "tabs"),
    Sample("sep= and another mark", "SEP=^\nx^y\n1,5^3\n2,5^5\n", XY, ((1.5, 3), (2.5, 5)), "'^'"),
    Sample("vertical bars and blanks", "x | y\n1.5 | 2\n2.5 | 3\n", XY, ((1.5, 2), (2.5, 3)), "vertical bars"),
    Sample("aligned by blanks", "  x    y\n 1.5   2\n-2.5  13 \n", XY, ((1.5, 2), (-2.5, 13)), "blanks"),
    Sample("tabs and blanks", "x \t y\n1 \t 2\n2 \t 3\n", XY, ((1, 2), (2, 3))),
    Sample("quotes between blanks", '"the x" y\n1 2\n3 5\n', ("the x", "y"), ((1, 2), (3, 5))),
    Sample("full-width commas", "x，y\n1，2\n3，5\n", XY, ((1, 2), (3, 5)), "full-width commas"),
    Sample("semicolons in a text", 'note;x;y\n"a; b";1;2\nc;2;3\n', ("note", "x", "y"), (("a; b", 1, 2), ("c", 2, 3))),
    Sample("commas in every head", '"a, b","c, d"\n1,2\n3,5\n', ("a, b", "c, d"), ((1, 2), (3, 5))),
    Sample("semicolons inside cells of commas", "name,y\na;b,1\nc;d,2\n", ("name", "y"), (("a;b", 1), ("c;d", 2))),
    Sample("times", "when,y\n10:30,1\n11:45,2\n", ("when", "y"), (("10:30", 1), ("11:45", 2))),
    # --- comments ---
    Sample("comments first", "# made by a logger\n# unit: m\nx,y\n1,2\n3,5\n", XY, ((1, 2), (3, 5)), "2 comment lines"),
    Sample("a comment between", "x,y\n1,2\n# sensor off\n3,5\n", XY, ((1, 2), (3, 5)), "1 comment line left out"),
    Sample("a head in a comment", "# x y\n1.0 2.0\n3.0 5.0\n", XY, ((1, 2), (3, 5)), "blanks"),
    Sample("colours are no comments", "c,y\n#ff0000,1\n#00ff00,2\n", ("c", "y"), (("#ff0000", 1), ("#00ff00", 2))),
    Sample("a column named #", "#,y\n1.5,1\n2.5,2\n", ("#", "y"), ((1.5, 1), (2.5, 2))),
    # --- encodings ---
    Sample("GBK", "小时,成绩\n1,2\n3,5\n", ("小时", "成绩"), ((1, 2), (3, 5)), "read as GB18030", "gbk"),
    Sample(
        "GBK with classes",
        "面积;城市\n1,5;北京\n2,5;上海\n",
        ("面积", "城市"),
        ((1.5, "北京"), (2.5, "上海")),
        "GB18030",
        "gbk",
    ),
    Sample("GB18030 of four bytes", "㐀长度,y\n1,2\n3,5\n", ("㐀长度", "y"), ((1, 2), (3, 5)), "GB18030", "gb18030"),
    Sample(
        "Latin-1", "Größe;Straße\n1,5;2\n2,5;3\n", ("Größe", "Straße"), ((1.5, 2), (2.5, 3)), "Windows-1252", "latin-1"
    ),
    Sample("Latin-1, one letter", "Höhe,y\n1,2\n3,5\n", ("Höhe", "y"), ((1, 2), (3, 5)), "Windows-1252", "latin-1"),
    Sample("Windows-1252", "prix €,année\n1,2\n3,5\n", ("prix €", "année"), ((1, 2), (3, 5)), "Windows-1252", "cp1252"),
    Sample("degrees in Latin-1", "T (°C),y\n1,2\n3,5\n", ("T (°C)", "y"), ((1, 2), (3, 5)), "Windows-1252", "latin-1"),
    Sample("Shift-JIS", "時間,点数\n1,2\n3,5\n", ("時間", "点数"), ((1, 2), (3, 5)), "Shift-JIS", "shift_jis"),
    Sample(
        "kana in Shift-JIS",
        "数,カテゴリ\n1,りんご\n2,みかん\n",
        ("数", "カテゴリ"),
        ((1, "りんご"), (2, "みかん")),
        "Shift-JIS",
        "shift_jis",
    ),
    Sample(
        "Excel's Unicode text",
        "Größe\tx\r\n1,5\t2\r\n2,5\t3\r\n",
        ("Größe", "x"),
        ((1.5, 2), (2.5, 3)),
        "UTF-16",
        "utf-16",
    ),
]
