# The part of transformers-js-py that earwitness.browser uses.
