"""Stylesheet, modules and icons as they reach a browser."""

import json
import re
import subprocess

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders

from tests.cast import browser_of
from workspace import joining, modules
from workspace.staticfiles import STYLESHEET, StaticFiles, joined

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"


ENTRIES = sorted(name for name in modules.modules() if name.endswith("/main"))


def collected() -> dict:
    return {path: (storage, path) for finder in get_finders() for path, storage in finder.list([])}


@pytest.fixture
def developing(settings) -> None:
    settings.DEBUG = True


def test_the_stylesheet_is_joined_from_all_its_parts_in_their_order():
    text = joined(collected())[STYLESHEET]
    assert not joining.STYLESHEET.search(text)
    pages = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    parts = [path for path in (STATIC / "css").rglob("*.css") if f"css/{path.name}" not in pages]
    assert len(parts) > 30
    assert [path.name for path in parts if path.read_text() not in text] == []
    assert (
        text.index("@layer reset, base")
        < text.index(".old-browser")
        < text.index("--mist-0")
        < text.index(".visually-hidden")
    )


def test_a_part_that_is_missing_is_not_passed_over():
    files = collected()
    del files["css/tokens.css"]
    with pytest.raises(KeyError, match="tokens"):
        joined(files)
    files = collected()
    del files["js/events.js"]
    with pytest.raises(KeyError, match="events"):
        joined(files)


def test_production_serves_one_hashed_compressed_stylesheet_and_one_script_a_page(tmp_path):
    ours = {
        path: place
        for path, place in collected().items()
        if path.startswith(("css/", "js/")) and path != "css/api-docs.css"
    }
    storage = StaticFiles(location=tmp_path, base_url="/static/")
    for path, (source, name) in ours.items():
        storage.save(path, source.open(name))
    assert all(done for _name, _hashed, done in storage.post_process(ours))
    manifest = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    sheet = tmp_path / manifest[STYLESHEET]
    assert "@import" not in sheet.read_text()
    assert "--mist-0" in sheet.read_text()
    assert sheet.with_name(f"{sheet.name}.br").stat().st_size < 20_000
    page = tmp_path / manifest["js/chat/main.js"]
    assert "class MessageList extends" in page.read_text()
    assert page.with_name(f"{page.name}.br").stat().st_size < 45_000


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_pages_script_holds_each_module_once_behind_what_it_imports_and_only_the_words_apart(entry, tmp_path):
    text = modules.joined(entry, modules.read)
    (tmp_path / "whole.mjs").write_text(text)
    subprocess.run(["node", "--check", tmp_path / "whole.mjs"], check=True)
    parts = re.findall(r"^// (\S+)$", text, re.MULTILINE)
    assert parts == [name for name in modules.closure(entry, modules.read) if name != modules.WORDS]
    assert "app/main" in parts
    assert re.findall(r"^import .*$", text, re.MULTILINE) == [
        f"import $words_catalogue from '{modules.PREFIX}{modules.WORDS}';"
    ]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("export let chat;\n", "export let chat;"),
        ("export default 7;\n", "export default 7;"),
        ("export { one } from './one.js';\n", "export { one } from './one.js';"),
        ("import { one as two } from './one.js';\n", "import { one as two } from './one.js';"),
        ("import * as one from './one.js';\n", "import * as one from './one.js';"),
        ("import one from './one.js';\n", "import one from './one.js';"),
        ("const words = `one ${two}\n// three`;\n", "const words = `one ${two}"),
        ("export const { one: two } = {};\n", "export const { one: two } = {};"),
        ("export const { one = 1 } = {};\n", "export const { one = 1 } = {};"),
        ("export const { one, ...rest } = {};\n", "export const { one, ...rest } = {};"),
        ("export const one = 1,\n  two = 2;\n", "export const one = 1,"),
        ("  import { one } from './one.js';\n", "import { one } from './one.js';"),
        ("const one = await 1;\nawait one;\n", "await one;"),
        ("const one = import('./one.js');\n", "const one = import('./one.js');"),
        ("const here = import.meta.url;\n", "const here = import.meta.url;"),
        ("/**/\nconst one = 1;\n/** two */\n", "/**/"),
        ("/* one\n// two */\n", "/* one"),
        ("const $one = 1;\n", "const $one = 1;"),
    ],
)
def test_what_can_not_be_joined_is_refused(source, line):
    with pytest.raises(ValueError, match=re.escape(line)):
        joining.script(
            ["a/main"], lambda _name: source, resolved=modules.resolved, apart="words", address="lakeside/words"
        )


def test_modules_that_import_one_another_and_modules_of_one_name_are_refused():
    circle = {"a": "import './b.js';", "b": "import './c.js';", "c": "import './a.js';"}
    with pytest.raises(ValueError, match="a → b → c → a"):
        modules.closure("a", circle.__getitem__)
    with pytest.raises(ValueError, match="one name"):
        joining.script(
            ["a-b", "a_b"], lambda _name: "", resolved=modules.resolved, apart="words", address="lakeside/words"
        )


def test_only_what_is_joined_can_be_a_pages_entry():
    with pytest.raises(ValueError, match="entry"):
        modules.needed_by("chat/chat", "en")


def test_joined_modules_say_what_they_said_apart(tmp_path):
    sources = {
        "a/main": "/** Begins. */\nimport './noise.js';\nimport {\n  Bell,\n  loud,\n} from '../b.js';\nimport words from '../words.js';\n"
        "const here = new Bell().ring();\nconsole.log(here, loud(words.hello));\n",
        "a/noise": "const loud = 'noise';\nconsole.log(loud);\n",
        "b": "const HERE = 'b';\nexport class Bell {\n  // Once.\n  ring() {\n    return HERE;\n  }\n}\nexport const { loud, soft } = {\n"
        "  loud: (text) => text.toUpperCase(),\n  soft: null,\n};\nexport async function unused() {}\n",
        "words": "export default { hello: 'hello' };\n",
    }
    for name, text in sources.items():
        path = tmp_path / "apart" / f"{name}.js"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    (tmp_path / "package.json").write_text('{"type": "module"}')
    names = modules.closure("a/main", sources.__getitem__)
    whole = joining.script(
        names, sources.__getitem__, resolved=modules.resolved, apart="words", address="./apart/words.js"
    )
    (tmp_path / "whole.js").write_text(whole)
    assert said_by(tmp_path / "apart" / "a" / "main.js") == said_by(tmp_path / "whole.js") == "noise\nb HELLO\n"


def said_by(script):
    return subprocess.run(["node", script], capture_output=True, text=True, check=True).stdout


def test_every_module_has_one_address_however_it_is_named(developing):
    imports = json.loads(modules.import_map("en"))["imports"]
    assert imports["lakeside/app/toast"].endswith(".js")
    for name in modules.modules():
        if not name.startswith("words/"):
            plain = f"{settings.STATIC_URL}js/{name}.js"
            assert imports.get(plain, plain) == imports[f"lakeside/{name}"]


def test_while_developing_a_page_asks_for_everything_that_it_will_need(developing):
    needed = modules.needed_by("people/main", "en")
    assert [modules.address(name) for name in modules.closure("people/main", modules.read)] == needed
    assert needed.index(modules.address("words")) < needed.index(modules.address("people/main"))


def test_a_page_asks_for_its_words_and_its_script_and_nothing_else(lin):
    html = browser_of(lin).get("/o/lakeside/people/").content.decode()
    assert re.findall(r'modulepreload" href="([^"]+)"', html) == modules.needed_by("people/main", "en")
    assert modules.needed_by("people/main", "en") == [modules.address(modules.WORDS), modules.address("people/main")]
    assert html.index("importmap") < html.index("modulepreload")


@pytest.mark.parametrize("name", sorted(modules.modules()))
def test_what_a_module_imports_is_there(name):
    imported = modules.IMPORT.findall(modules.modules()[name].read_text())
    assert [specifier for specifier in imported if modules.resolved(specifier, name) not in modules.modules()] == []


def test_the_browsers_words_are_of_the_readers_language(monkeypatch):
    monkeypatch.setattr(modules, "modules", lambda: {"words": None, "words/catalogue": None, "words/zh-hans": None})
    assert modules.catalogue_of("zh-hans") == "words/zh-hans"
    assert modules.catalogue_of("en") == "words/catalogue"


def test_scripts_run_by_nonce_or_by_file_only(lin):
    response = browser_of(lin).get("/o/lakeside/people/")
    policy = response.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    nonce = re.search(r"'nonce-([^']+)'", policy)[1]
    for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", response.content.decode(), re.DOTALL):
        assert f'nonce="{nonce}"' in attributes if body.strip() else " src=" in attributes


def test_the_sprite_draws_what_is_used_and_nothing_else():
    drawn = set(re.findall(r'<symbol id="i-([a-z-]+)"', (STATIC / "icons.svg").read_text()))
    templates = "".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    scripts = "".join(path.read_text() for path in (STATIC / "js").rglob("*.js"))
    used = {"mark"}
    for pattern in (r'\{% icon "([a-z-]+)"', r"#i-([a-z-]+)", r'(?:icon_name|verb_icon)="([a-z-]+)"'):
        used |= set(re.findall(pattern, templates))
    for call in re.findall(r"\bicon(?:\(|: )([^)}]*)", scripts):
        used |= set(re.findall(r"'([a-z-]+)'", call)) - {"small", "large"}
    assert used == drawn


def test_pages_travel_compressed_and_answers_of_the_api_do_not(lin):
    browser = browser_of(lin, headers={"Accept-Encoding": "gzip"})
    page = browser.get("/o/lakeside/people/")
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.content) < 20_000
    assert "Content-Encoding" not in browser.get("/api/v1/orgs/lakeside/members").headers
