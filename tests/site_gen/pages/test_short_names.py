"""Short names: a script with them is shorter, and does the same."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from site_gen.pages.scripts import ship_scripts
from site_gen.pages.short_names import with_short_names
from tests.browser.node_tools import NODE

PROGRAMS = {
    "variables": "const first = 1, second = first + 1; let third; third = second; show(first, second, third);",
    "shadows": "const name = 1; { const name = 2; show(name); } const f = (name) => name + 1; show(name, f(5));",
    "shorthand": "const width = 3; const box = { width, height: width }; show(box.width, box.height, 'width' in box);",
    "keys": "const count = 1; const message = { count: 2, other: count }; show(message.count, count, message.other);",
    "a key that is a variable elsewhere": "const online = (value) => value; show({ online: online(4) }.online);",
    "patterns": """
        const { alpha, beta = 2 } = { alpha: 1 }; const [gamma, , delta] = [3, 4, 5];
        show(alpha, beta, gamma, delta);
    """,
    "parameters": "const f = (one, two = [one, 7], ...rest) => [one, two, rest]; show(...f(1), ...f(1, 2, 3, 4));",
    "patterns of parameters": """
        const f = ({ size, kind: sort }, [head]) => size + sort + head;
        show(f({ size: 1, kind: 2 }, [3]));
    """,
    "calls in defaults": "const outer = 2; const f = (made = Math.max(1, outer)) => made + outer; show(f());",
    "methods": """
        const tool = { run(value) { return value * 2; }, get size() { return 4; } }; const run = 1;
        show(tool.run(run), tool.size);
    """,
    "classes": """
        const size = 7;
        class Box { static kind = "box"; size = 1;
        #own = size;
        area(width) { return this.size * width + this.#own; } }
        show(new Box().area(2), Box.kind);
    """,
    "templates": "const who = 'a', many = 2; show(`who ${who} many ${many + `${who}`} who`);",
    "ternaries": "const yes = 1, no = 2; show(yes ? no : yes, yes ? { yes: no } : no);",
    "loops": """
        const parts = { x: 1, y: 2 }; for (const part in parts) show(part);
        for (const [key, value] of Object.entries(parts)) show(key + value);
    """,
    "errors": "const caught = 5; try { throw new Error('e'); } catch (caught) { show(caught.message); } show(caught);",
    "functions": "function twice(value) { return value * 2; } const value = 3; show(twice(value));",
    "optional": """
        const thing = { name: { first: 1 } }; const name = 'n';
        show(thing?.name?.first, thing.none?.[name] ?? name);
    """,
    "spread": "const own = { a: 1 }, more = [2]; show({ ...own }.a, ...more);",
    "early use": "const early = () => late(); const late = () => 6; show(early());",
    "many": "".join(f"const name{index} = {index};" for index in range(120)) + "show(name0 + name60 + name119);",
    "letters that are taken": """
        const value = 1; show(typeof a, typeof b); const f = (other) => { show(typeof c); return other; };
        show(f(2));
    """,
    "closures": """
        const make = () => { let total = 0; return (step) => (total += step); }; const add = make();
        add(2); show(add(3));
    """,
    "strings": "const text = 'const text = 1; { text }'; show(text, /text[{]/.test(text));",
    "declared without a value": "let one, two = 2, three; one = three = two; show(one, two, three);",
    "nested objects": "const deep = 1; show({ a: { deep: { deep } }, b: [deep, { deep: 2 }] }.a.deep.deep);",
    "declarations": """
        const one = 1; let two = one + 1; const [three] = [two + 1]; const f = () => one; let later;
        show(f(), three, later);
        for (const each of [4]) { const kept = each; let other = kept; show(kept, other); }
    """,
    "empty statements": """
        let i = 0; const f = () => { while (i++ < 3); }; f(); const g = () => { if (i < 0) show(0); else; };
        g(); { for (const each of [1, 2]) i += each; } show(i);
    """,
    "async": "const wait = async (time) => time; wait(1).then((time) => show(time));",
}
RUN = "const said = []; const show = (...all) => said.push(all);%s;setTimeout(() => console.log(JSON.stringify(said)));"


def run(script: str) -> list[object]:
    done = subprocess.run([str(NODE), "-e", RUN % script], capture_output=True, text=True, check=True)
    found: list[object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_program_does_the_same(name: str) -> None:
    script = "{" + PROGRAMS[name] + "}"
    shipped = ship_scripts({"a.js": script.encode()})["a.js"].decode()
    assert run(shipped) == run(script) != []
    assert len(shipped) <= len(script)


def test_a_variable_is_a_letter_and_letters_are_used_again() -> None:
    script = "{ const attempt = (action) => action(); const listen = (action) => attempt(action); listen(attempt); }"
    assert re.findall(r"\w+", with_short_names(script)) == [
        *("let", "n", "t", "t", "t", "t", "n", "t", "t", "n"),
    ]


def test_what_other_scripts_may_use_keeps_its_name() -> None:
    script = "const attempt = (action) => action();"
    assert with_short_names(script) == script
    assert with_short_names("{ const a1 = 1; } const b1 = 2;") == "{ const a1 = 1; } const b1 = 2;"
