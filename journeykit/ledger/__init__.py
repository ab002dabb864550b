"""The ledger: what was decided, delivered, allowed and reported back; transactional, many writers."""

from journeykit.ledger.keys import enrolment_id, lead_id
from journeykit.ledger.ledger import Ledger, content

__all__ = ["Ledger", "content", "enrolment_id", "lead_id"]
