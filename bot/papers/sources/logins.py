"""Pages that stand before an article: logins, choices of an institution, challenges.

In any language: what a page is made of counts more than its title. A page that is marked as an
article is one, whatever it is called and whatever form stands beside it.
"""

import re
from typing import Final
from urllib.parse import urlsplit

_ARTICLE_TYPES = re.compile(
    r"\"@type\"\s*:\s*\[?\s*\"(?:\w*Article|BlogPosting|Report|Thesis|Chapter|Book)\"",
    re.IGNORECASE,
)
_ARTICLE_TAGS: Final = (
    "article.published_time",
    "article.author",
    "dc.title",
    "dcterms.title",
    "citation_author",
    "citation_doi",
)


def is_marked_as_article(text: str, tags: dict[str, list[str]]) -> bool:
    """Whether the page itself says that it is an article."""
    og_type = (tags.get("og.type") or [""])[0].lower()
    return (
        og_type == "article"
        or any(name in tags for name in _ARTICLE_TAGS)
        or bool(_ARTICLE_TYPES.search(text))
    )


# --- challenges -------------------------------------------------------------------------------

_CHALLENGE_TITLE = re.compile(
    r"just a moment|attention required|access (?:to this page has been )?denied|security check|"
    r"are you (?:a )?(?:human|robot)|robot check|checking your browser|client challenge|"
    r"pardon our interruption|human verification|verifying you are human|verify you are human|"
    r"ddos.guard|request rejected|please wait|bot verification|validate user|"
    r"making sure you.re not a bot|einen moment|nur einen moment|un instant|un momento|"
    r"один момент|só um momento|请稍候|請稍候|しばらくお待ち|잠시만 기다",
    re.IGNORECASE,
)
_CHALLENGE_CODE = re.compile(
    r"_cf_chl_opt|challenge-platform/h/|cf-turnstile|_Incapsula_Resource|px-captcha|"
    r"captcha-delivery\.com|awsWafCookieDomainList|AwsWafIntegration|anubis_challenge|h-captcha",
)


def is_challenge(text: str, title: str) -> bool:
    """Whether the site wants to see a person first."""
    return bool(_CHALLENGE_TITLE.match(title) or _CHALLENGE_CODE.search(text))


# --- logins -----------------------------------------------------------------------------------

_PASSWORD = re.compile(r"<input\b[^<>]{0,500}\btype\s*=\s*[\"']?password\b", re.IGNORECASE)
_SINGLE_SIGN_ON = re.compile(
    r"\bname\s*=\s*[\"']?(?:SAMLRequest|SAMLResponse|RelayState|j_username|user_idp)\b",
    re.IGNORECASE,
)
_LOGIN_HOST = re.compile(
    r"^(?:login|signin|sso|idp|wayf|shibboleth|shib|cas|auth|accounts?|openathens)\d*\."
)
_LOGIN_PATH = re.compile(
    r"/(?:login|log-in|signin|sign-in|sso|wayf|idp|authorize|oauth2?|saml2?|shibboleth[\w.-]*"
    r"|cas/login|account/login)(?:[./;]|$)",
    re.IGNORECASE,
)

# Words of which the titles of such pages are made; one of the first kind must be among them.
_OF_LOGINS_WORDS = """
login logon signin off-campus
signon log-in sign-in sign-on logged authentication authenticate authorize
authorization shibboleth openathens ezproxy wayf sso saml cas netid single institution
institutions institutional organisation organization idp identity captcha password
verification proxy session expired timeout stale
"""
_OF_LOGINS: Final = frozenset(_OF_LOGINS_WORDS.split())
_BESIDES_WORDS = """
a an and are at back been by central choose click code continue credentials discovery enter
error factor find first for forgot found from gateway has here home id in is library log login
logon member microsoft must my need not of off campus on online or out page please
portal provider providers remote access request required reset secure select selection server
service services sign student staff system the through timed to two two-factor university user
username users via web webauth website welcome with you your account where
"""
_BESIDES: Final = frozenset(_BESIDES_WORDS.split())
_SIGN = re.compile(r"\b(?:log|sign)[ -]?(?:in|on)\b(?! the\b)", re.IGNORECASE)
# "Log in to Example University", "Sign in | Example"; not "Sign in Language Acquisition".
_BEGINS = re.compile(
    r"(?:please )?(?:sign|log)[ -]?(?:in|on|up)\b"
    r"(?:\W*$|\s*[|:·–—-]|\s+(?:to|with|via|through|using|and|or|here|required|page|now|failed)\b)",
    re.IGNORECASE,
)
_ENDS = re.compile(r"(?:[A-Z]\S* ){1,2}(?:Sign|Log)[ -][Ii]n")  # "Elsevier Sign In"
_PARTS = re.compile(r"\s+[|·•–—»/-]\s+|\s*[|·•»]\s*|:\s+")
_ELSEWHERE = re.compile(
    r"(?:bitte )?(?:anmelden|anmeldung|einloggen|benutzeranmeldung)|(?:se )?connecter|connexion|"
    r"connexion à (?:votre|mon) compte|s.identifier|authentification|identification|"
    r"iniciar sesi[oó]n|inicio de sesi[oó]n|"
    r"autenticaci[oó]n|acceso(?: de usuarios)?|acced[ie]|accesso|autenticazione|entrar|"
    r"iniciar sess[aã]o|autentica[cç][aã]o|inloggen|aanmelden|logga in|inloggning|logg? inn|"
    r"innlogging|log ind|kirjaudu(?: sis[aä][aä]n)?|kirjautuminen|zaloguj(?: si[eę])?|logowanie|"
    r"p[rř]ihl[aá][sš]en[ií]|prihl[aá]senie|bejelentkez[eé]s|autentificare|conectare|giri[sş]|"
    r"oturum a[cç]|kullan[iı]c[iı] giri[sş]i|вход|войти|авторизация|аутентификация|вхід|увійти|"
    r"είσοδος|σύνδεση|تسجيل الدخول|כניסה|התחברות|đăng nhập|masuk|log masuk|"
    # as a sentence or with what is entered
    r"(?:bitte )?(?:melden|loggen) sie sich (?:an|ein)|(?:login|anmeldung) erforderlich|"
    r"(?:veuillez )?vous (?:connecter|identifier)|(?:connect|identifi)ez-vous|"
    r"(?:authentification|connexion) requise|inici[ae] (?:tu |su )?sesi[oó]n(?: para continuar)?|"
    r"identif[ií](?:cate|quese|carse)|acceder|acessar|effettua(?:re)? (?:l['’]accesso|il login)|"
    r"entra|fa(?:zer|[cç]a) (?:o )?login|meld u aan|log(?:g|gen)? (?:in )?bij [\w ]+|logg? p[aå]|"
    r"logg? inn? p[aå]|p[rř]ihl[aá]si[tť] (?:se|sa)|giri[sş] yap(?:[iı]n(?:[iı]z)?)?|"
    r"(?:вход|войти|войдите)(?: (?:в|на) (?:систему|сайт|аккаунт|личный кабинет))?|"
    r"(?:вхід|увійти)(?: (?:до|в) (?:системи|систему))?|είσοδος (?:χρήστη|στο σύστημα)|"
    r"دخول|الدخول|כניסה למערכת|ورود(?: به (?:سیستم|سامانه|حساب(?: کاربری)?))?|"
    r"(?:लॉग|साइन)[ -]?इन(?: करें)?|लॉगिन(?: करें)?|đăng nhập (?:hệ thống|tài khoản)|"
    # other languages
    r"sisselogimine|logi sisse|prijava|prijavi(?:te)? se|uloguj(?:te)? se|пријава|"
    r"пријави(?:те)? се|"
    r"влизане|piesl[eē]gties|prisijung(?:ti|imas)|conecta[tț]i-v[aă]|autentifica[tț]i-v[aă]|"
    r"innskr[aá]ning|mewngofnodi|log[aá]il isteach|mag-log in|ingia|kirish|hyrja|нэвтрэх|кіру|"
    r"შესვლა|մուտք|where are you from\??",
    re.IGNORECASE,
)
_UNSPACED = re.compile(
    r"ログイン|サインイン|認証|认证|登录|登錄|登入|로그인|인증|เข้าสู่ระบบ|ลงชื่อเข้าใช้|所属機関の選択"
)
_UNSPACED_LENGTH: Final = 16
_LONGEST_OF_LOGINS: Final = 6  # words


def is_login(text: str, title: str, address: str) -> bool:
    """Whether a page that isn't marked as an article asks who one is.

    Some articles have a field for a password at their head; their titles are longer than a login's.
    """
    place = urlsplit(address)
    return bool(
        (_PASSWORD.search(text) and len(title.split()) <= _LONGEST_OF_LOGINS)
        or _SINGLE_SIGN_ON.search(text)
        or _LOGIN_HOST.match(place.hostname or "")
        or _LOGIN_PATH.search(place.path)
        or is_login_title(title)
    )


def is_login_title(title: str) -> bool:
    """Whether a title is a login's: "Library Login", but not "Login Habits of Students"."""
    parts = [part for part in _PARTS.split(title) if part]
    return (
        bool(_BEGINS.match(title) or _ENDS.fullmatch(title))
        or _is_made_of(title)
        or any(_SIGN.search(part) and _is_made_of(part) for part in parts)
        or any(_ELSEWHERE.fullmatch(part.strip(" .!…")) for part in parts)
        or any(len(part) <= _UNSPACED_LENGTH and _UNSPACED.search(part) for part in parts)
    )


def _is_made_of(title: str) -> bool:
    words = re.findall(r"[\w-]+", title.lower())
    told = (len(words) > 1 and any(word in _OF_LOGINS for word in words)) or _SIGN.search(title)
    return bool(told) and all(word in _OF_LOGINS or word in _BESIDES for word in words)
