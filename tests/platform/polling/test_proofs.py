from datetime import timedelta

import pytest

from diancai.errors import InvalidInput
from diancai.platform.core.keys import Keys, new_keys
from diancai.platform.polling.proofs import CodeProof, open_proof, seal_proof
from tests.factories import AT

PROOF = CodeProof(b"k" * 32, 7)


@pytest.mark.parametrize("minutes", [0, 60, -60])
def test_a_proof_is_good_for_an_hour_and_on_a_clock_that_was_set_back(keys: Keys, minutes: int) -> None:
    assert open_proof(keys, seal_proof(keys, PROOF, at=AT), at=AT + timedelta(minutes=minutes)) == PROOF


def test_an_old_proof_has_expired(keys: Keys) -> None:
    with pytest.raises(InvalidInput, match="vote.expired"):
        open_proof(keys, seal_proof(keys, PROOF, at=AT), at=AT + timedelta(minutes=60, seconds=1))


def test_a_changed_proof_and_one_of_other_keys_are_refused(keys: Keys) -> None:
    token = seal_proof(keys, PROOF, at=AT)
    for wrong in (token[:-4] + "AAA=", "", "not a token", seal_proof(new_keys(), PROOF, at=AT)):
        with pytest.raises(InvalidInput, match="vote.expired"):
            open_proof(keys, wrong, at=AT)
