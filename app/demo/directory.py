"""The made-up partner directory: 30 organizations with 60 services, in English and in French."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from app.demo.book import Book


@dataclass(frozen=True)
class Listed:
    """A service as a referral needs it."""

    service_id: str
    organization_id: str
    kind: str
    needs: tuple[str, ...]


def fill(book: Book, scope_id: str) -> list[Listed]:
    """Write the settings of the region and the directory; the services."""
    start = book.now - timedelta(days=760)
    author = book.people["oren"]
    places = book.texts.people["municipalities"]
    book.add(
        "setting",
        scope_id,
        start,
        author,
        name="service.municipalities",
        value=places,
        effective_from=date(2000, 1, 1),
    )
    made: list[Listed] = []
    phone = 101
    for kind, about in book.texts.directory.items():
        for english, french in about["organizations"]:
            at = start + timedelta(minutes=len(made))
            organization_id = book.add(
                "organization",
                scope_id,
                at,
                author,
                name=english,
                alternate_name=french if french != english else None,
                kind=kind,
                email=f"hello{len(made)}@example.org",
                website="https://example.org",
            )
            for service in about["services"]:
                name, name_fr, text, text_fr, hours, hours_fr, bring, bring_fr = service
                phones = [{"number": f"555-0{phone:03d}", "description": "reception"}]
                if kind in ("crisis_line", "youth_mental_health"):
                    phone = 101 + (phone - 100) % 99
                    phones.append({"number": f"555-0{phone:03d}", "description": "text"})
                phone = 101 + (phone - 100) % 99
                hidden = kind == "shelter"
                place = book.pick(places)
                service_id = book.add(
                    "service",
                    scope_id,
                    at,
                    author,
                    organization_id=organization_id,
                    name=name,
                    name_fr=name_fr,
                    description=text,
                    description_fr=text_fr,
                    status="inactive" if name == "Friendly calls" else "active",
                    phones=phones,
                    hours=hours,
                    hours_fr=hours_fr,
                    required_documents=bring or None,
                    required_documents_fr=bring_fr or None,
                    fees="Free",
                    languages=["fr"] if kind == "francophone" else book.pick((["en"], ["en", "fr"], ["en", "fr"])),
                    municipality=place,
                    address=None if hidden else f"{book.rng.randint(2, 180)} {book.pick(book.texts.people['streets'])}",
                    address_confidential=hidden,
                    need_domains=about["needs"],
                    assured_date=book.today - timedelta(days=book.rng.randint(10, 500)),
                )
                made.append(Listed(service_id, organization_id, kind, tuple(about["needs"])))
    return made
