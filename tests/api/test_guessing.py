"""Whoever guesses with the complete word list learns nothing of what a role may not know."""

import pytest

from api.documents import Documents
from api.errors import Invalid
from api.permissions import PermissionSet
from api.validation import MOST_ERRORS
from graph.governance import load_policy
from tests.api.words import all_words, words_of

POLICY = load_policy()
# Few places each, so that there is room for a message about every one.
POSITIONS = (
    "{ NAME hcps(NAME: 1, where: {NAME: {eq: 1}}, sort: [{NAME: ASC}]) { totalCount } }",
    '{ hcps(where: {npi: {NAME: 1}}, sort: [{npi: NAME}]) { totalCount } hcp(npi: "1") { NAME a: NAME { id } } }',
    '{ __typename @NAME products { NAME } hcp(npi: "1") { ... on NAME { id } } }',
    "query ($x: NAME) { ...F hcps(first: $x) { totalCount edges { NAME } } } fragment F on NAME { id }",
)
LONGEST = max(map(len, all_words()))


@pytest.mark.parametrize("role", POLICY.roles)
def test_a_denied_word_is_answered_like_nonsense_in_every_position(role: str) -> None:
    # given all words there are that this role's schema does not have
    permissions = PermissionSet(POLICY, role, POLICY.roles[role].purposes[0])
    documents = Documents(size=10)
    denied = {word for word in all_words() - words_of(role) if len(word) > 2}  # one letter stands in every message
    assert len(denied) > 20
    for position in POSITIONS:
        answers = {length: refusal(documents, permissions, position, "q" * length) for length in range(1, LONGEST + 1)}
        for word in denied:
            # when it is asked for, then the words are those for nonsense of the same length
            nonsense = "q" * len(word)
            expected = tuple(message.replace(nonsense, word) for message in answers[len(word)])
            assert refusal(documents, permissions, position, word) == expected, (position, word)


def refusal(documents: Documents, permissions: PermissionSet, position: str, name: str) -> tuple[str, ...]:
    with pytest.raises(Invalid) as refused:
        documents.accept(permissions, position.replace("NAME", name))
    assert len(refused.value.messages) < MOST_ERRORS
    return refused.value.messages
