"""Choices of the forms of a case that are stored as codes in a list (domain.md 2.1, 2.4, 3.3)."""

from __future__ import annotations

from app.words import mark

MOTIVES: dict[str, str] = {
    "none_known": mark("None known"),
    "hate": mark("Hate or bias"),
    "gang": mark("Gang"),
    "trafficking": mark("Human trafficking"),
    "family_honour": mark("Family honour"),
}
WEAPONS: dict[str, str] = {
    "none": mark("No weapon"),
    "firearm": mark("Firearm"),
    "knife": mark("Knife"),
    "strangulation": mark("Strangulation"),
    "other": mark("Other weapon"),
    "unknown": mark("Not known"),
}
REPORTED_TO: dict[str, str] = {
    "police": mark("Police"),
    "child_protection": mark("Child protection"),
    "shelter": mark("Shelter"),
    "sexual_assault_centre": mark("Sexual assault centre"),
    "hospital": mark("Hospital"),
    "indigenous_service": mark("Indigenous service"),
    "community_agency": mark("Community agency"),
    "not_reported": mark("Not reported"),
}
CHARGES: dict[str, str] = {
    "none_yet": mark("None yet"),
    "laid": mark("Charges laid"),
    "diversion": mark("Pre-charge diversion (adult)"),
    "peace_bond": mark("Peace bond"),
    "no_charge": mark("No charge"),
    "unfounded_review": mark("Unfounded, under review"),
}
CUSTODY: dict[str, str] = {
    "held": mark("Held"),
    "bail": mark("On bail"),
    "released": mark("Released"),
    "wanted": mark("Wanted"),
}
COMMUNICATION_NEEDS: dict[str, str] = {
    "sign_language": mark("Sign language"),
    "captioning": mark("Captioning"),
    "large_print": mark("Large print"),
    "screen_reader": mark("Screen reader"),
    "plain_language": mark("Plain language"),
    "device": mark("Communication device"),
    "support_person": mark("Support person"),
}
SUICIDE_STEPS: dict[str, str] = {
    "asked": mark("Asked directly about thoughts of suicide"),
    "plan": mark("Asked about a plan and the means"),
    "not_alone": mark("Made sure that the person is not alone"),
    "means": mark("Means put out of reach"),
    "line": mark("911 or a crisis line called together"),
    "handed_over": mark("Handed over to a health professional"),
    "supervisor": mark("Supervisor told"),
}
MATERIALS: dict[str, str] = {
    "contact_card": mark("Contact card"),
    "rights": mark("Rights leaflet"),
    "safety": mark("Safety leaflet"),
    "crisis_lines": mark("Crisis lines"),
    "services": mark("Services nearby"),
    "quick_response": mark("Quick response programme leaflet"),
}
SOCIETY_HINT = mark("The children's aid society that you called")
