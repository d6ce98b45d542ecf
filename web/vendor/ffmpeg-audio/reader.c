/*
 * The interface of ffmpeg-audio.wasm: one recording an instance, read through `read_file`.
 *
 * Order of calls: reader_open, the track_* and container_* functions, reader_select, then
 * reader_next until it returns 0. Times are in seconds on the container's own clock.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <emscripten.h>
#include "libavcodec/avcodec.h"
#include "libavformat/avformat.h"
#include "libavutil/channel_layout.h"
#include "libavutil/opt.h"
#include "libswresample/swresample.h"

#define API EMSCRIPTEN_KEEPALIVE
#define BUFFER_BYTES 65536
#define CHANNELS_MAX 64
/* A packet that cannot be decoded; the next one may be decodable. */
#define DAMAGED -1
#define NOTHING NAN

/*
 * Copies bytes [position, position + size) of the file. Returns how many: 0 at its end, -1 where it
 * cannot be read.
 */
__attribute__((import_module("env"), import_name("read_file")))
extern int read_file(double position, uint8_t *into, int size);

static AVFormatContext *format;
static AVCodecContext *codec;
static AVStream *stream;
static AVPacket *packet;
static AVFrame *frame;
static int64_t position, file_bytes;
static int draining, broken;
static double furthest = NOTHING;
static float *planes;
static unsigned planes_bytes;
static SwrContext *resampler;
static float *resampled;
static unsigned resampled_bytes;

static int read_packet(void *opaque, uint8_t *into, int size) {
    int count = position >= file_bytes ? 0 : read_file((double)position, into, size);
    if (count <= 0)
        return count < 0 ? AVERROR(EIO) : AVERROR_EOF;
    position += count;
    return count;
}

static int64_t seek(void *opaque, int64_t offset, int whence) {
    if (whence & AVSEEK_SIZE)
        return file_bytes;
    whence &= ~AVSEEK_FORCE;
    if (whence == SEEK_CUR)
        offset += position;
    else if (whence == SEEK_END)
        offset += file_bytes;
    if (offset < 0)
        return AVERROR(EINVAL);
    return position = offset;
}

static double seconds(int64_t value, AVRational base) {
    return value == AV_NOPTS_VALUE ? NOTHING : value * av_q2d(base);
}

/* The audio stream of that number, in the file's order. */
static AVStream *track(int number) {
    for (unsigned index = 0; index < format->nb_streams; index++) {
        AVStream *each = format->streams[index];
        if (each->codecpar->codec_type == AVMEDIA_TYPE_AUDIO && !number--)
            return each;
    }
    return NULL;
}

static const char *tag(const AVDictionary *tags, const char *name) {
    const AVDictionaryEntry *entry = av_dict_get(tags, name, NULL, 0);
    return entry ? entry->value : "";
}

/* Memory for a string or bytes that the caller hands over. */
API void *reader_allocate(int size) {
    return malloc(size);
}

API void reader_free(void *memory) {
    free(memory);
}

/*
 * Opens the file, of `bytes` bytes. `name`: the demuxer to use, "" to find it out.
 * Returns the number of audio tracks, or FFmpeg's error.
 */
API int reader_open(double bytes, const char *name) {
    const AVInputFormat *named = *name ? av_find_input_format(name) : NULL;
    av_log_set_level(AV_LOG_QUIET);
    file_bytes = (int64_t)bytes;
    format = avformat_alloc_context();
    packet = av_packet_alloc();
    frame = av_frame_alloc();
    uint8_t *buffer = av_malloc(BUFFER_BYTES);
    if (!format || !packet || !frame || !buffer)
        return AVERROR(ENOMEM);
    format->pb = avio_alloc_context(buffer, BUFFER_BYTES, 0, NULL, read_packet, NULL, seek);
    if (!format->pb)
        return AVERROR(ENOMEM);
    int error = avformat_open_input(&format, "", named, NULL);
    if (error >= 0)
        error = avformat_find_stream_info(format, NULL);
    if (error < 0)
        return error;
    int count = 0;
    while (track(count))
        count++;
    return count;
}

/* The demuxer's name, as "mov,mp4,m4a,3gp,3g2,mj2". */
API const char *container_name(void) {
    return format->iformat->name;
}

/* When the earliest stream starts; NaN where it is not known. */
API double container_start(void) {
    return seconds(format->start_time, AV_TIME_BASE_Q);
}

/* The length as told or estimated; NaN where it is not known. */
API double container_duration(void) {
    return seconds(format->duration, AV_TIME_BASE_Q);
}

/* Whether the length is estimated from bit rate or last timestamps, not told by the file. */
API int container_is_estimated(void) {
    return format->duration_estimation_method != AVFMT_DURATION_FROM_STREAM;
}

/* FFmpeg's name of a track's codec. */
API const char *track_codec(int number) {
    return avcodec_get_name(track(number)->codecpar->codec_id);
}

API int track_is_decodable(int number) {
    return avcodec_find_decoder(track(number)->codecpar->codec_id) != NULL;
}

API int track_is_default(int number) {
    return !!(track(number)->disposition & AV_DISPOSITION_DEFAULT);
}

API const char *track_title(int number) {
    return tag(track(number)->metadata, "title");
}

API const char *track_language(int number) {
    return tag(track(number)->metadata, "language");
}

API int track_rate(int number) {
    return track(number)->codecpar->sample_rate;
}

API double track_duration(int number) {
    return seconds(track(number)->duration, track(number)->time_base);
}

/*
 * Chooses the track to decode. `skip_others`: do not read the other streams' packets where the
 * container allows it. Returns 0, or FFmpeg's error.
 */
API int reader_select(int number, int skip_others) {
    stream = track(number);
    const AVCodec *decoder = avcodec_find_decoder(stream->codecpar->codec_id);
    if (!decoder)
        return AVERROR_DECODER_NOT_FOUND;
    codec = avcodec_alloc_context3(decoder);
    if (!codec)
        return AVERROR(ENOMEM);
    int error = avcodec_parameters_to_context(codec, stream->codecpar);
    if (error < 0)
        return error;
    codec->pkt_timebase = stream->time_base;
    for (unsigned index = 0; index < format->nb_streams; index++)
        if (format->streams[index] != stream && skip_others)
            format->streams[index]->discard = AVDISCARD_ALL;
    return avcodec_open2(codec, decoder, NULL);
}

static int reserve(float **buffer, unsigned *have, size_t samples) {
    av_fast_malloc(buffer, have, FFMAX(1, samples) * sizeof(float));
    return *buffer ? 0 : AVERROR(ENOMEM);
}

static float sample_at(const uint8_t *data, enum AVSampleFormat kind, int index) {
    switch (kind) {
    case AV_SAMPLE_FMT_U8: return (data[index] - 128) / 128.0f;
    case AV_SAMPLE_FMT_S16: return ((const int16_t *)data)[index] / 32768.0f;
    case AV_SAMPLE_FMT_S32: return ((const int32_t *)data)[index] / 2147483648.0f;
    case AV_SAMPLE_FMT_S64: return ((const int64_t *)data)[index] / 9223372036854775808.0f;
    case AV_SAMPLE_FMT_DBL: return ((const double *)data)[index];
    default: return ((const float *)data)[index];
    }
}

/* The frame as float planes, one behind the other; what is no number is silence. */
static int convert(void) {
    int channels = frame->ch_layout.nb_channels, count = frame->nb_samples;
    enum AVSampleFormat kind = av_get_packed_sample_fmt(frame->format);
    int planar = av_sample_fmt_is_planar(frame->format);
    if (channels > CHANNELS_MAX)
        return AVERROR_PATCHWELCOME;
    if (reserve(&planes, &planes_bytes, (size_t)channels * count) < 0)
        return AVERROR(ENOMEM);
    for (int channel = 0; channel < channels; channel++) {
        float *into = planes + (size_t)channel * count;
        const uint8_t *data = frame->extended_data[planar ? channel : 0];
        int step = planar ? 1 : channels, first = planar ? 0 : channel;
        if (kind == AV_SAMPLE_FMT_FLT && planar)
            memcpy(into, data, count * sizeof(float));
        else
            for (int index = 0; index < count; index++)
                into[index] = sample_at(data, kind, index * step + first);
        for (int index = 0; index < count; index++)
            if (!isfinite(into[index]))
                into[index] = 0;
    }
    return count;
}

/*
 * Decodes the next frame. Returns its number of samples a channel, 0 at the end, DAMAGED for a
 * packet that could not be decoded, or another of FFmpeg's errors.
 */
API int reader_next(void) {
    for (;;) {
        int error = avcodec_receive_frame(codec, frame);
        if (!error) {
            if (!frame->nb_samples)
                continue;
            return convert();
        }
        if (error == AVERROR_EOF)
            return 0;
        if (error != AVERROR(EAGAIN))
            return error == AVERROR(ENOMEM) ? error : DAMAGED;
        error = av_read_frame(format, packet);
        if (error == AVERROR(EAGAIN))
            continue;
        if (error < 0) {
            if (draining)
                return 0;
            draining = 1;
            broken = error != AVERROR_EOF;
            avcodec_send_packet(codec, NULL);
            continue;
        }
        const AVStream *of = format->streams[packet->stream_index];
        double end = seconds(packet->pts, of->time_base) + seconds(packet->duration, of->time_base);
        if (!isnan(end) && !(furthest >= end))
            furthest = end;
        error = of == stream ? avcodec_send_packet(codec, packet) : 0;
        av_packet_unref(packet);
        if (error < 0)
            return error == AVERROR(ENOMEM) ? error : DAMAGED;
    }
}

/* Of the frame just decoded: its time (NaN where the file has none), rate and channels. */
API double frame_time(void) {
    return seconds(frame->pts, frame->time_base.num ? frame->time_base : stream->time_base);
}

API int frame_rate(void) {
    return frame->sample_rate;
}

API int frame_channels(void) {
    return frame->ch_layout.nb_channels;
}

/* FFmpeg's number of a channel's place (0: front left, 2: front centre, 3: low frequency), or -1. */
API int frame_place(int channel) {
    return av_channel_layout_channel_from_index(&frame->ch_layout, channel);
}

API const float *frame_planes(void) {
    return planes;
}

/* Whether the file could not be read to its end. */
API int reader_is_broken(void) {
    return broken;
}

/* The latest time to which any packet that was read reaches; NaN before the first. */
API double furthest_time(void) {
    return furthest;
}

/* Goes to the last place at or before a time from which decoding can begin. Returns 0 or an error. */
API int reader_seek(double time) {
    int64_t at = llrint(time / av_q2d(stream->time_base));
    int error = av_seek_frame(format, stream->index, at, AVSEEK_FLAG_BACKWARD);
    if (error < 0)
        return error;
    avcodec_flush_buffers(codec);
    draining = 0;
    return 0;
}

/* Begins a new stream of mono samples, from one rate to another. Returns 0 or an error. */
API int resampler_open(int from, int to) {
    AVChannelLayout mono = AV_CHANNEL_LAYOUT_MONO;
    swr_free(&resampler);
    int error = swr_alloc_set_opts2(
        &resampler, &mono, AV_SAMPLE_FMT_FLT, to, &mono, AV_SAMPLE_FMT_FLT, from, 0, NULL);
    return error < 0 ? error : swr_init(resampler);
}

/* Resamples `count` samples; `samples` NULL: the rest. Returns how many came out, or an error. */
API int resampler_push(const float *samples, int count) {
    int room = swr_get_out_samples(resampler, count);
    if (room < 0 || reserve(&resampled, &resampled_bytes, room) < 0)
        return AVERROR(ENOMEM);
    uint8_t *out = (uint8_t *)resampled;
    const uint8_t *in = (const uint8_t *)samples;
    return swr_convert(resampler, &out, room, samples ? &in : NULL, count);
}

API const float *resampler_output(void) {
    return resampled;
}
