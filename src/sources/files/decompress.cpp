#include <zlib.h>
#include <zstd.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "sources/files/byte_source.hpp"

namespace tickstock {
namespace {

constexpr std::size_t input_buffer = std::size_t{64} << 10;
constexpr std::size_t magic_bytes = 4;

/// The compressed bytes, a buffer at a time.
class Input {
public:
    explicit Input(std::unique_ptr<ByteSource> raw) : raw_(std::move(raw)), buffer_(input_buffer) {}

    /// The unread bytes; reads on when there are fewer than `wanted` and more may come.
    std::span<const char> peek(std::size_t wanted) {
        if (end_ - begin_ < wanted && begin_ > 0) {
            std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
            end_ -= begin_;
            begin_ = 0;
        }
        while (end_ - begin_ < wanted) {
            const std::size_t got =
                raw_->read(std::span(buffer_.data() + end_, buffer_.size() - end_));
            if (got == 0) {
                break;
            }
            end_ += got;
        }
        return {buffer_.data() + begin_, end_ - begin_};
    }
    void consume(std::size_t n) { begin_ += n; }
    ByteSource& raw() { return *raw_; }
    const ByteSource& raw() const { return *raw_; }

private:
    std::unique_ptr<ByteSource> raw_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

/// A decompressor over an Input: progress is the input's, failures are its own or the input's.
class InputSource : public ByteSource {
public:
    explicit InputSource(Input input) : input_(std::move(input)) {}

    const std::optional<Error>& failure() const final {
        return input_.raw().failure() ? input_.raw().failure() : failure_;
    }
    std::uint64_t bytes_read() const final { return input_.raw().bytes_read(); }
    std::uint64_t bytes_total() const final { return input_.raw().bytes_total(); }

protected:
    std::size_t fail(std::string message) {
        failure_ = Error{std::move(message)};
        return 0;
    }

    Input input_;
    std::optional<Error> failure_;
};

class PlainSource final : public InputSource {
public:
    using InputSource::InputSource;

    std::size_t read(std::span<char> into) override {
        // The peeked head first, then straight from below.
        const std::span<const char> head = input_.peek(0);
        if (head.empty()) {
            return input_.raw().read(into);
        }
        const std::size_t n = std::min(into.size(), head.size());
        std::memcpy(into.data(), head.data(), n);
        input_.consume(n);
        return n;
    }
};

class GzipSource final : public InputSource {
public:
    explicit GzipSource(Input input) : InputSource(std::move(input)) {
        constexpr int window_and_gzip = 15 + 16;
        TS_ASSERT(inflateInit2(&zlib_, window_and_gzip) == Z_OK);
    }
    ~GzipSource() override { inflateEnd(&zlib_); }
    GzipSource(const GzipSource&) = delete;
    GzipSource& operator=(const GzipSource&) = delete;

    std::size_t read(std::span<char> into) override {
        zlib_.next_out = reinterpret_cast<Bytef*>(into.data());
        zlib_.avail_out = static_cast<uInt>(std::min<std::size_t>(into.size(), 1U << 30));
        const uInt wanted = zlib_.avail_out;
        while (zlib_.avail_out == wanted && !failure_) {
            if (at_member_end_ && !begin_member()) {
                return 0;
            }
            const std::span<const char> in = input_.peek(1);
            if (in.empty()) {
                return fail("the gzip data ends early: the file is truncated");
            }
            // zlib's interface is not const, it does not write here.
            zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));
            zlib_.avail_in = static_cast<uInt>(in.size());
            const int code = inflate(&zlib_, Z_NO_FLUSH);
            input_.consume(in.size() - zlib_.avail_in);
            at_member_end_ = code == Z_STREAM_END;
            if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) {
                fail(fmt::format("the gzip data is damaged: {}",
                                 zlib_.msg != nullptr ? zlib_.msg : "invalid stream"));
            }
        }
        return wanted - zlib_.avail_out;
    }

private:
    /// At the end of a member: true when another one follows. Zero padding after the last is fine.
    bool begin_member() {
        const std::span<const char> head = input_.peek(magic_bytes);
        if (detect_compression({head.data(), head.size()}) == Compression::Gzip) {
            inflateReset(&zlib_);
            at_member_end_ = false;
            return true;
        }
        if (std::any_of(head.begin(), head.end(), [](char c) { return c != '\0'; })) {
            fail("something else follows the gzip data");
        }
        return false;
    }

    z_stream zlib_{};
    bool at_member_end_ = false;
};

class ZstdSource final : public InputSource {
public:
    explicit ZstdSource(Input input) : InputSource(std::move(input)), zstd_(ZSTD_createDStream()) {
        TS_ASSERT(zstd_ != nullptr);
    }
    ~ZstdSource() override { ZSTD_freeDStream(zstd_); }
    ZstdSource(const ZstdSource&) = delete;
    ZstdSource& operator=(const ZstdSource&) = delete;

    std::size_t read(std::span<char> into) override {
        ZSTD_outBuffer out{into.data(), into.size(), 0};
        while (out.pos == 0 && !failure_) {
            const std::span<const char> bytes = input_.peek(1);
            if (bytes.empty() && in_frame_ && drained_) {
                return fail("the zstd data ends early: the file is truncated");
            }
            if (bytes.empty() && !in_frame_) {
                return 0;
            }
            ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
            const std::size_t left = ZSTD_decompressStream(zstd_, &out, &in);
            input_.consume(in.pos);
            if (ZSTD_isError(left) != 0) {
                fail(fmt::format("the zstd data is damaged: {}", ZSTD_getErrorName(left)));
                break;
            }
            in_frame_ = left != 0;
            drained_ = out.pos < out.size;  // else more output may wait inside the decompressor
        }
        return out.pos;
    }

private:
    ZSTD_DStream* zstd_;
    bool in_frame_ = false;
    bool drained_ = true;
};

}  // namespace

Compression detect_compression(std::string_view head) {
    if (head.substr(0, 2) == "\x1f\x8b") {
        return Compression::Gzip;
    }
    const bool skippable = head.size() >= magic_bytes && head.substr(1, 3) == "\x2a\x4d\x18" &&
                           (static_cast<unsigned char>(head[0]) & 0xF0U) == 0x50U;
    if (head.substr(0, magic_bytes) == "\x28\xb5\x2f\xfd" || skippable) {
        return Compression::Zstd;
    }
    return Compression::None;
}

std::unique_ptr<ByteSource> decompressed(std::unique_ptr<ByteSource> raw) {
    Input input(std::move(raw));
    const std::span<const char> head = input.peek(magic_bytes);
    switch (detect_compression({head.data(), head.size()})) {
        case Compression::Gzip: return std::make_unique<GzipSource>(std::move(input));
        case Compression::Zstd: return std::make_unique<ZstdSource>(std::move(input));
        case Compression::None: break;
    }
    return std::make_unique<PlainSource>(std::move(input));
}

}  // namespace tickstock
