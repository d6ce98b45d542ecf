#!/bin/sh
# Builds ffmpeg-audio.wasm: FFmpeg's demuxers and audio decoders, under the LGPL.
# Usage: build.sh ARCHIVE FOLDER
# ARCHIVE is the upstream archive of Debian's source package: with a deb-src line for unstable,
#   apt-get source --download-only ffmpeg=7:8.1.2-2
# FOLDER is made, and holds the sources and the result. Needs Debian 12's emscripten (3.1.6).
# The result does not depend on the folder's name: compare it with the hash in README.md.
set -eu
ARCHIVE=$(realpath "$1")
SOURCES=$(dirname "$(realpath "$0")")
echo "464beb5e7bf0c311e68b45ae2f04e9cc2af88851abb4082231742a74d97b524c  $ARCHIVE" | sha256sum --check
mkdir -p "$2"
cd "$2"
tar xf "$ARCHIVE" --strip-components=1

DEMUXERS=aac,ac3,aiff,amr,amrnb,amrwb,ape,asf,au,avi,caf,dsf,dss,dts,dtshd,dv,eac3,flac,flv,g722,\
g723_1,g726,gsm,iff,loas,matroska,mlp,mov,mp3,mpegps,mpegts,mxf,nistsphere,ogg,rm,tak,truehd,tta,\
voc,w64,wav,wtv,wv
DECODERS=aac,aac_latm,ac3,adpcm_g722,adpcm_g726,adpcm_g726le,adpcm_ima_qt,adpcm_ima_wav,adpcm_ms,\
adpcm_swf,adpcm_yamaha,alac,amrnb,amrwb,ape,cook,dca,dsd_lsbf,dsd_lsbf_planar,dsd_msbf,\
dsd_msbf_planar,dss_sp,eac3,evrc,flac,g723_1,gsm,gsm_ms,ilbc,mlp,mp1float,mp2float,mp3float,\
nellymoser,opus,pcm_alaw,pcm_bluray,pcm_dvd,pcm_f32be,pcm_f32le,pcm_f64be,pcm_f64le,pcm_mulaw,\
pcm_s16be,pcm_s16be_planar,pcm_s16le,pcm_s16le_planar,pcm_s24be,pcm_s24le,pcm_s24le_planar,\
pcm_s32be,pcm_s32le,pcm_s32le_planar,pcm_s8,pcm_s8_planar,pcm_u16be,pcm_u16le,pcm_u8,qcelp,ra_144,\
ra_288,s302m,sipr,speex,tak,truehd,tta,vorbis,wavpack,wmalossless,wmapro,wmav1,wmav2,wmavoice
PARSERS=aac,aac_latm,ac3,amr,cook,dca,flac,g723_1,gsm,mlp,mpegaudio,opus,sipr,tak,vorbis

# Clang 14's SLP vectorizer miscompiles libavutil's transforms.
emconfigure ./configure --enable-cross-compile --target-os=none --arch=wasm --enable-simd128 \
  --cc=emcc --ar=emar --ranlib=emranlib --nm=llvm-nm --host-cc=gcc \
  --disable-everything --disable-autodetect --disable-programs --disable-doc --disable-debug \
  --disable-stripping --disable-pthreads --disable-network --disable-avdevice --disable-avfilter \
  --disable-swscale --disable-iamf --disable-pixelutils --enable-swresample \
  --enable-demuxer="$DEMUXERS" --enable-decoder="$DECODERS" --enable-parser="$PARSERS" \
  --enable-bsf=aac_adtstoasc --extra-cflags="-msimd128 -fno-math-errno" \
  --optflags="-Os -fno-slp-vectorize"
make -j2
emcc -Os -msimd128 -I. "$SOURCES/reader.c" "$SOURCES/transforms.c" \
  libavformat/libavformat.a libavcodec/libavcodec.a libswresample/libswresample.a \
  libavutil/libavutil.a --no-entry -o ffmpeg-audio.wasm -s STANDALONE_WASM -s FILESYSTEM=0 \
  -s ERROR_ON_UNDEFINED_SYMBOLS=0 \
  -s ALLOW_MEMORY_GROWTH=1 -s MAXIMUM_MEMORY=1GB -s TOTAL_STACK=1MB
sha256sum ffmpeg-audio.wasm
