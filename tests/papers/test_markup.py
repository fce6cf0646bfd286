"""Titles and pages as publishers send them."""

import pytest

from bot.papers.sources import clean
from bot.papers.sources.logins import is_login_title
from bot.papers.sources.metatags import parse_page
from bot.papers.sources.record import NotFound, PaperRecord, Unavailable

PAGE = "https://example.org/papers/7"


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (
            "The<m:math><m:semantics><m:mi>N</m:mi><m:annotation encoding='application/x-tex'>N_{}"
            "</m:annotation></m:semantics></m:math> study",
            "The N study",
        ),
        ("<![CDATA[Neural <it>nets</it>]]> of H<sb>2</sb>O", "Neural nets of H2O"),
        ("<article-title>The <q>best</q> <img src='x'/></article-title>", "The best"),
        (r"{\it Ab initio} {L}earning at $\sqrt{s} = 13$~TeV", "Ab initio Learning at √s = 13 TeV"),
        (r"Sorting in \(O(n \log n)\)", "Sorting in O(n log n)"),
        ("SU(<math><mi>N</mi></math>) gauge", "SU(N) gauge"),
        ("the <math><mi>n</mi></math>th order", "the nth order"),
        ("<math><mi>log</mi><mo>&#8289;</mo><mi>n</mi></math> bounds", "log n bounds"),
        (
            "at <mml:math><mml:msqrt><mml:mi>s</mml:mi></mml:msqrt>\n<mml:mo>=</mml:mo>"
            "<mml:mn>13</mml:mn><mml:mi>TeV</mml:mi></mml:math>collisions",
            "at √s=13 TeV collisions",
        ),
        ("<ce:italic>Homo</ce:italic> and CO<ce:inf>2</ce:inf>", "Homo and CO2"),
        (
            "<jats:inline-formula><jats:alternatives><jats:tex-math>\\documentclass{minimal}"
            "\\begin{document}$$\\alpha$$\\end{document}</jats:tex-math><mml:math><mml:mi>α</mml:mi>"
            "</mml:math></jats:alternatives></jats:inline-formula>-helix",
            "α-helix",
        ),
        (
            "<inline-formula><math><mi>α</mi></math><tex-math>$\\alpha$</tex-math>"
            "</inline-formula> x",
            "α x",
        ),
        (
            'On <inline-formula><tex-math notation="LaTeX">\\documentclass[12pt]{minimal} '
            "\\begin{document}$$\\alpha$$\\end{document}</tex-math></inline-formula>-helices",
            "On α-helices",
        ),
        ("Growth of<tex>$x$</tex>values", "Growth of x values"),
        ("&lt;mml:math&gt;&lt;mml:mi&gt;x&lt;/mml:mi&gt;&lt;/mml:math&gt; y", "x y"),
        ("Sum <math><mfrac><mn>1</mn><mn>2</mn></mfrac></math> of", "Sum 1/2 of"),
        ("cut off <math><mml:mi>a", "cut off a"),
        ("K<scp>ras</scp> mutations", "Kras mutations"),
        ("std::vector<std::string> in <b>C++</b>", "std::vector<std::string> in C++"),
        ("<unk> & <s>, Optional<T>, Map<K, V>", "<unk> & <s>, Optional<T>, Map<K, V>"),
        ("if a<b and c>d", "if a<b and c>d"),
    ],
)
def test_no_tag_is_left_and_words_stay_apart(sent: str, expected: str) -> None:
    assert clean.title(sent) == expected


@pytest.mark.parametrize("piece", ["<math>", "<tex-math>", "</math>", "<mml:mi>", "<tex>x</tex> "])
def test_hostile_markup_ends(piece: str) -> None:
    clean.abstract(piece * (40_000 // len(piece)))


LOGINS = """Web Login Service|Log in|Sign in to your account|Institutional Login|Stale Request
CAS – Central Authentication Service|EZproxy Login|Log in to Example University|로그인
University of X - Login|Single Sign-On|统一身份认证平台|Find your institution|Anmeldung|Connexion
Select your identity provider|Session expired|OpenAthens / Sign in|Iniciar sesión|Logga in
ログイン - 大学図書館|Two-factor authentication|Sign In: Example Press|Off-campus access: login
Вход - Библиотека|Zaloguj się|Connexion - ENT|Please log in|Elsevier Sign In
Bitte melden Sie sich an|Veuillez vous connecter|Inicie sesión para continuar|Giriş Yap|Faça login
Effettua l'accesso|Log in bij SURFconext|Вход в систему|Вхід до системи|Είσοδος χρήστη|دخول|ورود
כניסה למערכת|लॉग इन करें|Đăng nhập hệ thống|ลงชื่อเข้าใช้|所属機関の選択|Prijavite se|Log på"""
ARTICLES = """Signing in the Rain: Weather in Sign Language|Login Habits of Students: A Study
Authentication in Distributed Systems: Theory and Practice|Sign in Language Acquisition
Shibboleths in Language Change|Institutional Choice and Growth|Institutions|Access to Justice
Identity Mappings in Deep Residual Networks|로그인 없는 인증 프로토콜에 대한 형식 검증 연구
Вход в атмосферу: модель аэродинамики|Entrar en la historia|Prijava patenata u Srbiji"""


@pytest.mark.parametrize("title", LOGINS.replace("\n", "|").split("|"))
def test_a_login_is_no_paper(title: str) -> None:
    assert is_login_title(title)
    answer = parse_page(f"<title>{title}</title>".encode(), PAGE)
    assert isinstance(answer, NotFound)
    assert "login" in answer.reason
    marked = f'<meta property="og:type" content="article"><title>{title}</title>'
    assert isinstance(parse_page(marked.encode(), PAGE), PaperRecord)


@pytest.mark.parametrize("title", ARTICLES.replace("\n", "|").split("|"))
def test_an_article_about_logins_stays_one(title: str) -> None:
    answer = parse_page(f"<title>{title}</title>".encode(), PAGE)
    assert isinstance(answer, PaperRecord)
    assert answer.title == title


@pytest.mark.parametrize(
    "body",
    [
        "<title>Ծանոթ</title><form><input name=p type=password></form>",
        '<title>X</title><input TYPE = "password">',
        '<title>Moment</title><form><input type=hidden name="SAMLRequest" value=x></form>',
    ],
)
def test_a_login_is_known_in_any_language(body: str) -> None:
    assert isinstance(parse_page(body.encode(), PAGE), NotFound)


def test_where_a_page_was_led_to_tells_a_login() -> None:
    for address in ("https://idp.example.edu/x", "https://example.org/cas/login?service=y"):
        assert isinstance(parse_page(b"<title>Example University</title>", address), NotFound)


def test_a_challenge_is_asked_again_later() -> None:
    for body in (
        "<title>Nur einen Moment…</title>",
        "<title>X</title><script>_cf_chl_opt</script>",
    ):
        assert isinstance(parse_page(body.encode(), PAGE), Unavailable)


def test_a_login_box_beside_an_article_changes_nothing() -> None:
    body = (
        '<meta property="article:published_time" content="2024-01-01"><title>On Cats</title>'
        "<input type=password><script>cf-turnstile</script>"
    )
    answer = parse_page(body.encode(), PAGE)
    assert isinstance(answer, PaperRecord)
    assert answer.title == "On Cats"
