"""What each binding is asked for, of llama-cpp-python: binding MODEL THREADS N FILE."""

import json
import sys
import time

from llama_cpp import Llama


def show(what, value):
    print(json.dumps({"what": what, "value": value, "cpu": 0}), flush=True)


def peak():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:"))


def main():
    model_path, threads, n, file = sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
    with open(file) as text:
        prompt = text.read()
    start = time.perf_counter_ns()
    model = Llama(model_path, n_ctx=2048, n_batch=512, n_threads=threads, n_threads_batch=threads, verbose=False, seed=1)
    show("load", time.perf_counter_ns() - start)

    def stream(tokens, greedy):
        model.reset()
        begin = time.perf_counter_ns()
        times = [
            time.perf_counter_ns()
            for _ in model.create_completion(
                prompt, max_tokens=tokens, temperature=0 if greedy else 0.8, top_k=40, top_p=0.95, min_p=0.05, seed=1, repeat_penalty=1.0,
                stream=True)
        ]
        return begin, times

    stream(1, True)
    begin, times = stream(1, True)
    show("first", times[0] - begin)
    for kind in ("greedy", "sampled"):
        begin, times = stream(n, kind == "greedy")
        # The last chunk only says why it ended. The end cannot be forbidden without a detour through Python for each token.
        if len(times) < n // 4:
            sys.exit(f"{len(times)} chunks of {n} tokens")
        show(kind, (times[-2] - times[0]) / (len(times) - 2))
    show("peak", peak())


main()
