"""The mail of a demo, read from its page /demo/mail."""

import re
import urllib.request
from typing import Any

from lxml.html import HtmlElement, document_fromstring


def read(url: str, address: str) -> list[dict[str, Any]]:
    """The mails to an address, newest first: to, subject, body, codes and links, as `portal mail --json` has them."""
    with urllib.request.urlopen(f"{url}/demo/mail", timeout=10) as answer:  # noqa: S310 - the tester's own address
        page = document_fromstring(answer.read().decode())
    letters = [_letter(article) for article in page.iter("article")]
    return [letter for letter in letters if letter["to"] == address]


def _letter(article: HtmlElement) -> dict[str, Any]:
    to, *lines = (" ".join(line.text_content().split()) for line in article.iter("p"))
    body = "\n".join(lines)
    return {
        "to": to,
        "subject": article.findtext("h2"),
        "body": body,
        "codes": re.findall(r"\b\d{6}\b", body),
        "links": re.findall(r"https?://\S+", body),
    }
