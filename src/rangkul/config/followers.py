"""Who hears the news, in this order; who answers the stage gate's questions. The one place that lists them."""

from __future__ import annotations

from rangkul.access.queries import has_sealed
from rangkul.audit import news
from rangkul.cases import above, gate
from rangkul.cases import holders as case_holders
from rangkul.cases import joining as case_joining
from rangkul.cases import visit_actions as case_visits
from rangkul.deadlines import followers as deadline_followers
from rangkul.indicators import followers as indicator_followers
from rangkul.indicators import merge_facts as spm_merges
from rangkul.inquiries import finding as inquiry_finding
from rangkul.inquiries import papers as inquiry_papers
from rangkul.letters import facts as letter_facts
from rangkul.letters import gathering, papers
from rangkul.mandates import followers as mandate_followers
from rangkul.meetings import facts as meeting_facts
from rangkul.meetings import papers as meeting_papers
from rangkul.notices import followers as notice_followers
from rangkul.outside import facts as outside_facts
from rangkul.patterns import followers as pattern_followers
from rangkul.people import provided
from rangkul.protocols import followers as protocol_followers
from rangkul.referrals import facts as hand_over_facts
from rangkul.referrals import papers as hand_over_papers
from rangkul.referrals import referral_facts, referral_papers
from rangkul.reports import facts as report_facts
from rangkul.rights import restricting
from rangkul.services import facts as service_facts
from rangkul.stays import facts as stay_facts
from rangkul.trips import aftercare as trip_aftercare
from rangkul.trips import facts as trip_facts
from rangkul.trips import papers as trip_papers


def wire() -> None:
    """Hang followers and providers; called once at start."""
    news.follow(
        [
            deadline_followers.follow,
            mandate_followers.follow,
            indicator_followers.follow,
            protocol_followers.follow,
            case_visits.follow,
            case_joining.follow,
            trip_aftercare.follow,
            inquiry_finding.follow,
            pattern_followers.follow,
            restricting.follow,
            notice_followers.follow,
        ],
        sealed=has_sealed,
    )
    gate.ask(
        [service_facts.facts_of_case, referral_facts.facts_of_case, trip_facts.facts_of_case],
        at_closing=[hand_over_facts.facts_at_closing],
    )
    provided.ask(
        contacts=[report_facts.contact_facts],
        holders=[case_holders.holder_titles],
        merges=[
            case_holders.merge_follows,
            report_facts.merge_follows,
            service_facts.merge_follows,
            stay_facts.merge_follows,
            spm_merges.merge_follows,
        ],
        flags=[case_holders.pair_flags, spm_merges.pair_flags],
    )
    above.listen(
        timelines=[
            service_facts.timeline,
            stay_facts.timeline,
            letter_facts.timeline,
            hand_over_facts.timeline,
            trip_facts.timeline,
            meeting_facts.timeline,
            outside_facts.timeline,
        ],
        givens=[service_facts.given_of_person],
        last_days=[service_facts.last_day, stay_facts.last_day, trip_facts.last_day],
        workings=[stay_facts.posts_at_work],
    )
    gathering.ask(
        {
            "case": papers.letter_facts_of_case,
            "contact": papers.letter_facts_of_contact,
            "service": papers.letter_facts_of_service,
            "hand_over": hand_over_papers.letter_facts_of_hand_over,
            "trip": trip_papers.letter_facts,
            "referral": referral_papers.letter_facts_of_referral,
            "meeting": meeting_papers.letter_facts_of_meeting,
            "death": trip_papers.letter_facts_of_death,
            "claim": inquiry_papers.letter_facts_of_claim,
        }
    )
