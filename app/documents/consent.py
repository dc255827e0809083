"""F-303: consent to service and to sharing information (`domain.md` 2.6, 3.6, 19.1)."""

from __future__ import annotations

from app.documents import wording
from app.documents.blocks import (
    Block,
    Bullets,
    Fields,
    Heading,
    Notice,
    Paragraph,
    Tick,
    Value,
)
from app.documents.notice import collection_notice
from app.documents.printing import Printing
from app.documents.signing import CLIENT_SIGNS, GUARDIAN_SIGNS, WITNESS_SIGNS, signatures
from app.documents.table import Column, Table
from app.queries.form_rows import (
    ConsentRows,
    ConsentScope,
    NamedOrganization,
)


def f_303(rows: ConsentRows, p: Printing) -> list[Block]:
    """Consent: who we are, why we ask, what may be shared with whom, the limits, how to take it back."""
    organizations = [organization.name for organization in rows.organizations if organization.name]
    return [
        Heading(p.tr("Who we are")),
        Paragraph(_who_we_are(p)),
        collection_notice(p, organizations),
        *_consent_head(rows, p),
        *_consent_scopes(rows, p),
        *_consent_organizations(rows, p),
        *_consent_limits(p),
        *_consent_dates(rows, p),
        Heading(p.tr("Signatures")),
        *signatures(p, rows.signatures, (CLIENT_SIGNS, GUARDIAN_SIGNS, WITNESS_SIGNS)),
    ]


def _who_we_are(p: Printing) -> str:
    if p.discreet:
        return p.tr(
            "{unit} is a free service. You choose what we do, what we may share, and with whom. Saying no to one "
            "thing does not end the rest.",
            unit=p.unit,
        )
    return p.tr(
        "{unit} supports people after a crime or a tragedy. The service is free. You choose what we do, what we may "
        "share, and with whom. Saying no to one thing does not end the rest.",
        unit=p.unit,
    )


def _consent_head(rows: ConsentRows, p: Printing) -> list[Block]:
    given_by = " · ".join(part for part in (rows.given_by_name, p.term(rows.given_by_authority)) if part)
    return [
        Fields(
            (
                p.field(p.tr("Consent of"), rows.client_name, strong=True),
                p.field(p.tr("Given by, when it is someone else"), given_by or ("" if p.blank else "–")),
                p.field(p.tr("Language used"), p.term(rows.language_used)),
                p.field(p.tr("Interpreter"), rows.interpreter or ("" if p.blank else "–")),
                p.field(p.tr("How consent was given"), p.term(rows.how_given)),
            ),
            blank=p.blank,
        )
    ]


def _consent_scopes(rows: ConsentRows, p: Printing) -> list[Block]:
    scopes = rows.scopes or [ConsentScope(scope=scope) for scope in wording.CONSENT_SCOPES]
    return [
        Heading(p.tr("What I agree to")),
        Table(
            (Column(p.tr("I agree to"), 5), Column(p.tr("Yes"), 0.8, "centre"), Column(p.tr("No"), 0.8, "centre")),
            [
                (
                    Value(
                        "\n".join(part for part in (p.term(scope.scope), scope.note.text) if part),
                        p.remark(scope.note),
                    ),
                    Tick("", scope.allowed is True),
                    Tick("", scope.allowed is False),
                )
                for scope in scopes
            ],
        ),
    ]


def _consent_organizations(rows: ConsentRows, p: Printing) -> list[Block]:
    organizations = rows.organizations or ([NamedOrganization()] * 3 if p.blank else [])
    return [
        Heading(p.tr("Organizations that may receive information")),
        Table(
            (
                Column(p.tr("Organization"), 2.4),
                Column(p.tr("What may be shared"), 2.6),
                Column(p.tr("Yes"), 0.8, "centre"),
                Column(p.tr("No"), 0.8, "centre"),
            ),
            [
                (
                    organization.name,
                    p.typed(organization.what),
                    Tick("", organization.allowed is True),
                    Tick("", organization.allowed is False),
                )
                for organization in organizations
            ],
            empty=p.tr("None. Nothing is shared with any organization."),
            roomy=p.blank,
        ),
    ]


def _consent_limits(p: Printing) -> list[Block]:
    return [
        Heading(p.tr("What we cannot keep to ourselves")),
        Paragraph(p.tr("We keep what you tell us private. There are four limits:")),
        Bullets(
            (
                Value(p.tr("Someone is in danger of serious harm, you or another person.")),
                Value(p.tr("A child may need protection: everyone must report this to a children's aid society.")),
                Value(p.tr("A court orders us to give information.")),
                Value(
                    p.tr(
                        "Records made by a police service may have to be given to the prosecutor, who may have to "
                        "give them to the defence."
                    )
                ),
            )
        ),
    ]


def _consent_dates(rows: ConsentRows, p: Printing) -> list[Block]:
    withdrawn: list[Block] = []
    if rows.withdrawn_on is not None:
        withdrawn = [
            Notice(
                rows.withdrawn_how.text or p.tr("How it was withdrawn was not recorded."),
                p.tr("Withdrawn on {date}", date=p.long_date(rows.withdrawn_on)),
                caution=True,
            )
        ]
    return [
        Heading(p.tr("How long, and how to change my mind")),
        Fields(
            (
                p.field(p.tr("Starts on"), p.long_date(rows.starts_on)),
                p.field(p.tr("Ends on"), p.long_date(rows.expires_on), strong=True),
                p.field(p.tr("We ask again on"), p.long_date(rows.review_on)),
            ),
            columns=3,
            blank=p.blank,
        ),
        Paragraph(
            p.tr(
                "You may take back all or part of this consent at any time: tell your worker, call us, or write to us. "
                "We stop at once. What was already shared cannot be taken back."
            )
        ),
        *withdrawn,
    ]
