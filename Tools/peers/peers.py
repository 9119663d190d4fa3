"""Peers: each is a way to run conditions of a job with somebody else's software.

A peer is a class with `conditions(job) -> list of results` for the job's sample; a result is
answers [prompts, 2] for job A, new tokens [prompts, 48] for job B. `covers` says how many
conditions one call runs. What a peer cannot do raises `Skip`.
"""

import contextlib
import sys
import warnings

import torch
from transformers import AutoModelForCausalLM

from jobs import NEW_TOKENS, STRENGTHS, answers

warnings.filterwarnings("ignore")


class Skip(Exception):
    pass


def load(folder, dtype):
    return AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()


def blocks_of(model):
    body = getattr(model, "transformer", None) or model.model
    return body.h if hasattr(body, "h") else body.layers


@contextlib.contextmanager
def added(model, block, vector):
    def hook(_, inputs, output):
        if isinstance(output, tuple):
            return (output[0] + vector, *output[1:])
        return output + vector

    handle = blocks_of(model)[block].register_forward_hook(hook)
    try:
        yield
    finally:
        handle.remove()


def generate(model, prompts):
    made = model.generate(
        prompts, attention_mask=torch.ones_like(prompts), max_new_tokens=NEW_TOKENS,
        min_new_tokens=NEW_TOKENS, do_sample=False, pad_token_id=0, use_cache=True)
    return made[:, prompts.shape[1]:]


class Hooks:
    """PyTorch hooks, one condition at a time, logits of the last position only."""

    dtypes, covers = ("f32", "bf16"), 2

    def __init__(self, folder, dtype):
        self.model = load(folder, dtype)

    def conditions(self, job):
        results = []
        for block, strength in job.sample:
            with added(self.model, block, (strength * job.direction).to(self.model.dtype)):
                if not job.generates:
                    out = self.model(job.prompts, use_cache=False, logits_to_keep=1)
                    results.append(answers(out.logits[:, -1]))
                else:
                    results.append(generate(self.model, job.prompts))
        return results


class Rows(Hooks):
    """All strengths of a block in one batch, a vector for each row; written by hand."""

    covers = len(STRENGTHS)

    def conditions(self, job):
        (block, strength), count = job.sample[0], len(job.prompts)
        vectors = torch.tensor(STRENGTHS)[:, None, None] * job.direction
        vectors = vectors.repeat_interleave(count, 0).to(self.model.dtype)
        prompts = job.prompts.repeat(len(STRENGTHS), 1)
        with added(self.model, block, vectors):
            if not job.generates:
                out = self.model(prompts, use_cache=False, logits_to_keep=1)
                made = answers(out.logits[:, -1])
            else:
                made = generate(self.model, prompts)
        return [made.unflatten(0, (len(STRENGTHS), count))[STRENGTHS.index(strength)]]


class SteeringVectors:
    """steering-vectors: a context manager around the model's own forward."""

    dtypes, covers = ("f32",), 2

    def __init__(self, folder, dtype):
        from steering_vectors import SteeringVector

        self.kind, self.model = SteeringVector, load(folder, dtype)

    def conditions(self, job):
        results = []
        for block, strength in job.sample:
            vector = self.kind({block: job.direction}, "decoder_block")
            with vector.apply(self.model, multiplier=strength):
                if not job.generates:
                    out = self.model(job.prompts, use_cache=False)
                    results.append(answers(out.logits[:, -1]))
                else:
                    results.append(generate(self.model, job.prompts))
        return results


class Repeng:
    """repeng: blocks wrapped by a model that holds one control vector."""

    dtypes, covers = ("f32",), 2

    def __init__(self, folder, dtype):
        import numpy

        # Its release names an alias that newer numpy dropped.
        numpy.float_ = numpy.float64
        import repeng

        self.repeng, self.folder, self.dtype, self.wrapped = repeng, folder, dtype, None

    def wrap(self, job):
        if self.wrapped is None:
            self.model = load(self.folder, self.dtype)
            wanted = sorted({block for block, _ in job.sample})
            self.wrapped = wanted, self.repeng.ControlModel(self.model, wanted)
        return self.wrapped

    def conditions(self, job):
        if job.generates:
            raise Skip("its wrapped blocks fail on a batch while generating")
        wanted, control = self.wrap(job)
        vector, results = job.direction.numpy(), []
        # A batch fails in its wrapped blocks unless every row has its positions.
        places = torch.arange(job.prompts.shape[1]).expand(*job.prompts.shape)
        for block, strength in job.sample:
            control.reset()
            control.set_control(
                self.repeng.ControlVector(
                    "peer", {b: vector if b == block else 0 * vector for b in wanted}), strength)
            out = self.model(job.prompts, position_ids=places, use_cache=False)
            results.append(answers(out.logits[:, -1]))
        control.reset()
        return results


class NNsight:
    """nnsight: a traced forward whose block output is replaced."""

    dtypes, covers = ("f32",), 2

    def __init__(self, folder, dtype):
        from nnsight import NNsight as Wrapper

        self.model = Wrapper(load(folder, dtype))

    def conditions(self, job):
        if job.generates:
            raise Skip("the plain wrapper traces a forward, it does not generate")
        model, results = self.model, []
        for block, strength in job.sample:
            vector = strength * job.direction
            with model.trace(input_ids=job.prompts, use_cache=False):
                module = blocks_of(model)[block]
                out = module.output
                if isinstance(out, tuple):
                    module.output = (out[0] + vector, *out[1:])
                else:
                    module.output = out + vector
                logits = model.output.logits[:, -1].save()
            results.append(answers(logits))
        return results


class TransformerLens:
    """TransformerLens: the bridge over transformers, a hook on resid_post."""

    dtypes, covers = ("f32",), 2

    def __init__(self, folder, dtype):
        from tokenizers import Tokenizer
        from tokenizers.models import WordLevel
        from transformer_lens.model_bridge import TransformerBridge
        from transformers import PreTrainedTokenizerFast

        model = load(folder, dtype)
        words = {f"t{i}": i for i in range(model.config.vocab_size)}
        tokenizer = PreTrainedTokenizerFast(
            tokenizer_object=Tokenizer(WordLevel(words, unk_token="t0")), unk_token="t0",
            pad_token="t0", eos_token="t0", bos_token="t0", name_or_path=str(folder))
        self.bridge = TransformerBridge.boot_transformers(
            str(folder), hf_model=model, tokenizer=tokenizer)

    def conditions(self, job):
        results = []
        for block, strength in job.sample:
            vector = strength * job.direction
            hooks = [(f"blocks.{block}.hook_resid_post", lambda x, hook: x + vector)]
            if not job.generates:
                logits = self.bridge.run_with_hooks(
                    job.prompts, fwd_hooks=hooks, use_cache=False)
                results.append(answers(logits[:, -1]))
            else:
                with self.bridge.hooks(fwd_hooks=hooks):
                    made = self.bridge.generate(
                        job.prompts, max_new_tokens=NEW_TOKENS, do_sample=False,
                        stop_at_eos=False, use_past_kv_cache=True, verbose=False,
                        return_type="tokens")
                results.append(made[:, job.prompts.shape[1]:])
        return results


class LlamaCpp:
    """llama.cpp through its Python binding: one control vector a context, all prompts a batch."""

    dtypes, covers = ("f32", "bf16"), 2

    def __init__(self, folder, dtype, threads=None):
        from llama import Context

        self.context = Context(folder, dtype, threads or torch.get_num_threads())

    def conditions(self, job):
        run = self.context.answers if not job.generates else self.context.continuations
        results = []
        for block, strength in job.sample:
            self.context.steer(block, strength * job.direction)
            results.append(run(job.prompts))
        self.context.steer(None, None)
        return results


ALL = {
    "hooks": Hooks, "rows": Rows, "steering-vectors": SteeringVectors, "repeng": Repeng,
    "nnsight": NNsight, "transformer_lens": TransformerLens, "llama.cpp": LlamaCpp,
}


@contextlib.contextmanager
def quiet():
    """What peers print goes to the error stream: the output is JSON lines."""
    with contextlib.redirect_stdout(sys.stderr):
        yield
