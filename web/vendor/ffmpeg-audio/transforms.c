/* Transforms that no decoder of this build uses: empty lists, so that theirs are not linked. */
struct FFTXCodelet;
const struct FFTXCodelet *const ff_tx_codelet_list_double_c[] = {0};
const struct FFTXCodelet *const ff_tx_codelet_list_int32_c[] = {0};
