# SPDX-FileCopyrightText: 2026 The audit developers
# SPDX-License-Identifier: Apache-2.0
"""What a library answers, against the truth that was written before there was a fingerprint."""

import numpy as np
import pytest
import torch

from audit.fingerprints.file import to_bytes
from audit.fingerprints.identify import BAR, Standing, judged
from audit.fingerprints.likeness import EMBEDDINGS, LAYERS, NORMS, TABLES, TURNED
from audit.fingerprints.make import make
from audit.inventory import take_inventory
from audit.sources.names import resolve
from tests.evasions import disguise
from tests.fingerprints.models import TRUTH, asked, known, of, place
from tests.validation import packages
from tests.zoo import KnownPair, relations

LIBRARY = [*TRUTH["library"], "reference"]
NAMED = (Standing.SAME, Standing.RELATED)


@pytest.mark.parametrize("name", TRUTH["models"])
def test_the_library_answers_as_the_truth_has_it(name: str) -> None:
    truth = TRUTH["models"][name]
    answer, found = asked(known(name), LIBRARY)
    named = {member for member, one in found.items() if one.standing in NAMED}
    assert set(truth.get("related", ())) <= named
    assert not named & set(truth.get("never", LIBRARY if truth.get("none") else ()))
    for member in truth.get("seen_or_undecided", ()):
        assert found[member].standing in (*NAMED, Standing.UNDECIDED)
    best = [one for one in found.values() if one.standing is Standing.RELATED and one.parts]
    assert all(one.log10_p is not None and one.log10_p <= BAR for one in best)
    if truth.get("none"):
        assert answer.of(Standing.UNSEEN)
        assert answer.is_decided


@pytest.mark.parametrize("pair", relations(), ids=lambda p: f"{p.suspect}-{p.reference}")
def test_every_known_pair_of_the_zoo(pair: KnownPair) -> None:
    """Whoever shares weights or a start is named, either way round; nobody else is."""
    for own, other in ((pair.suspect, pair.reference), (pair.reference, pair.suspect)):
        found = judged(known(own), known(other), 1).standing
        if pair.relation == "no-shared-weights":
            assert found in (Standing.UNSEEN, Standing.UNDECIDED)
        elif {own, other} == {"twin", "permuted"}:  # one start, trained apart, in another basis
            assert found is Standing.UNDECIDED
        else:
            assert found in NAMED
            assert (found is Standing.SAME) == (pair.relation == "copy")


def test_what_was_not_asked_says_why() -> None:
    _, found = asked(known("dispute/independent"), LIBRARY)
    assert found["reference"].standing is Standing.UNSEEN
    assert found["base"].standing is Standing.NOT_ASKED
    assert "differ in width" in str(found["base"].reasons[0])


def test_a_cast_is_the_same_values() -> None:
    _, found = asked(known("bf16"), ["base", "stranger"])
    assert found["base"].standing is Standing.SAME
    assert found["base"].equal == 1.0
    assert found["stranger"].equal == 0.0


def test_embeddings_alone_are_told_as_such() -> None:
    _, found = asked(known("transplant"), ["base"])
    assert set(found["base"].parts) <= {EMBEDDINGS, TABLES, NORMS}
    assert "of the layers nothing was seen" in str(found["base"].reasons[0])


@pytest.mark.parametrize("name", ["base", "reference"])
@pytest.mark.parametrize("how", ["rotated", "neurons too", "tokens too", "fresh tokens"])
def test_a_changed_basis_is_seen(
    name: str, how: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Rotated with gains folded in; neurons reordered, tokens renumbered or drawn anew as well."""
    folder = place(name)
    turned = disguise.rotate(disguise.fold_norms(disguise.load(folder)), 1)
    more = {
        "neurons too": disguise.shuffle_neurons,
        "tokens too": disguise.shuffle_vocabulary,
        "fresh tokens": disguise.fresh_embeddings,
    }
    if how in more:
        turned = more[how](turned, 2)
    hidden = of(disguise.save(turned, folder, tmp_path_factory.mktemp("hidden") / "model"))
    answer, found = asked(hidden, [name, *(m for m in LIBRARY if m != name)])
    assert found[name].standing is Standing.RELATED
    assert set(found[name].parts) <= set(TURNED)
    assert [c.sha256 for c in answer.related] == [known(name).sha256]


def test_what_no_test_sees_is_not_cleared(tmp_path_factory: pytest.TempPathFactory) -> None:
    """All at once: the basis, the neurons, the values inside heads, and the tokens."""
    folder = place("base")
    hidden = disguise.rotate(disguise.fold_norms(disguise.load(folder)), 1)
    hidden = _with_mixed_values(disguise.shuffle_neurons(hidden, 2))
    hidden = disguise.shuffle_vocabulary(hidden, 3)
    found = of(disguise.save(hidden, folder, tmp_path_factory.mktemp("hidden") / "model"))
    _, told = asked(found, ["base"])
    assert not told["base"].parts
    assert told["base"].standing is Standing.UNDECIDED
    assert "as long as in a child" in str(told["base"].reasons)


def _with_mixed_values(tensors: disguise.Tensors, *, heads: int = 4, groups: int = 2):  # type: ignore[no-untyped-def]
    """Turn the values of each group, and what reads them back."""
    random, out = torch.Generator().manual_seed(4), dict(tensors)
    for name in [n for n in tensors if n.endswith("v_proj.weight")]:
        value, back = out[name].clone(), out[name.replace("v_proj", "o_proj")].clone()
        size = value.shape[0] // groups
        for group in range(groups):
            draw = torch.randn(size, size, generator=random, dtype=value.dtype)
            turn = torch.linalg.qr(draw).Q
            rows = slice(group * size, (group + 1) * size)
            value[rows] = turn @ value[rows]
            for head in range(heads // groups):
                at = (group * (heads // groups) + head) * size
                back[:, at : at + size] = back[:, at : at + size] @ turn.T
        out[name], out[name.replace("v_proj", "o_proj")] = value, back
    return out


def test_a_merge_names_both_parents_and_the_nearer_one_first(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    weights = {"fine-tune": 0.3, "continued": 0.7}
    loaded = {name: disguise.load(place(name)) for name in weights}
    merged = {
        key: sum((share * loaded[name][key] for name, share in weights.items()), torch.zeros(()))
        for key in loaded["fine-tune"]
    }
    folder = tmp_path_factory.mktemp("merged") / "model"
    found = of(disguise.save(merged, place("base"), folder))
    answer, told = asked(found, ["continued", "fine-tune", "stranger"])
    assert [c.standing for c in answer.related] == [Standing.RELATED] * 2
    assert told["continued"].closeness > told["fine-tune"].closeness
    assert told["stranger"].standing is Standing.UNSEEN


def test_thousand_copies_of_one_change_no_ones_validity() -> None:
    """A flood multiplies every p-value; it names nobody, and hides no parent that is tested."""
    suspect, victim, stranger = known("fine-tune"), known("base"), known("stranger")
    flooded, alone = (
        {c.sha256: c for c in _flood(suspect, copies).candidates} for copies in (1000, 1)
    )
    for sha in (victim.sha256, stranger.sha256):
        assert flooded[sha].standing is alone[sha].standing
    more, less = flooded[victim.sha256].log10_p, alone[victim.sha256].log10_p
    assert more is not None
    assert less is not None
    assert more == pytest.approx(less + np.log10(1002 / 3), abs=1e-6)
    assert all(c.header.released == "1999-01-01" for c in _flood(suspect, 3, "1999-01-01").related)


def _flood(suspect, copies: int, day: str | None = None):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from audit.fingerprints.identify import identify

    base = known("base")
    header = base.header.model_copy(update={"released": day})
    members = {"victim": replace(base, header=header), "stranger": known("stranger")}
    if day:
        del members["stranger"]
    return identify(suspect, list(members), members.__getitem__, among=copies + 2)


def test_the_same_model_gives_the_same_bytes() -> None:
    again = make(take_inventory(resolve(str(place("base"))), digest_weights=False))
    assert to_bytes(again) == to_bytes(known("base"))


@pytest.mark.real_weights
@pytest.mark.parametrize("name", TRUTH["real"])
def test_real_models(name: str) -> None:
    truth = TRUTH["real"][name]
    try:
        subject, parent = (
            of(take_inventory(resolve(str(packages.model(n))), digest_weights=False))
            for n in (name, "minilm")
        )
    except packages.UnavailableError as error:
        pytest.skip(str(error))
    from audit.fingerprints.identify import identify

    members = {"minilm": parent, "base": known("base"), "bert": known("bert")}
    answer = identify(subject, list(members), members.__getitem__, among=len(members))
    assert len(to_bytes(subject)) < 1 << 20
    names = {members[key].sha256: key for key in members}
    assert [names[c.sha256] for c in answer.related] == truth.get("related", [])
    if name == "paraphrase":
        assert LAYERS not in answer.related[0].parts
    if truth.get("none"):
        assert {c.standing for c in answer.candidates} == {Standing.NOT_ASKED}
