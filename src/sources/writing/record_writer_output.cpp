#include "sources/writing/record_writer_output.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include "base/assert.hpp"

namespace tickstock {
namespace {

class FileSink final : public OutputSink {
public:
    /// `name` is what the file is called in the end; equal to `written` where nothing is renamed.
    FileSink(int fd, std::string name, std::string written)
        : fd_(fd), name_(std::move(name)), written_(std::move(written)) {}

    ~FileSink() override {
        if (fd_ > STDERR_FILENO) {
            ::close(fd_);
        }
        if (!finished_ && written_ != name_) {
            ::unlink(written_.c_str());
        }
    }

    std::optional<Error> write(std::string_view bytes) override {
        while (!error_ && !bytes.empty()) {
            const ssize_t done = ::write(fd_, bytes.data(), bytes.size());
            if (done < 0 && errno != EINTR) {
                fail("cannot write to");
            } else if (done > 0) {
                bytes.remove_prefix(static_cast<std::size_t>(done));
                bytes_ += static_cast<std::uint64_t>(done);
            }
        }
        return error_;
    }

    std::optional<Error> finish() override {
        if (error_ || finished_) {
            return error_;
        }
        if (written_ != name_) {
            if (::fsync(fd_) != 0) {
                fail("cannot sync");
            } else if (::rename(written_.c_str(), name_.c_str()) != 0) {
                fail("cannot rename the finished file to");
            }
        }
        finished_ = !error_;
        return error_;
    }

    std::uint64_t bytes() const override { return bytes_; }

private:
    void fail(const char* what) {
        error_ = Error{std::string(what) + " " + name_ + ": " + std::strerror(errno)};
    }

    int fd_;
    std::string name_;
    std::string written_;
    std::optional<Error> error_;
    std::uint64_t bytes_ = 0;
    bool finished_ = false;
};

class GzipSink final : public OutputSink {
public:
    explicit GzipSink(std::unique_ptr<OutputSink> file) : file_(std::move(file)), room_(1 << 16) {
        constexpr int gzip_window = 15 + 16;
        const int status =
            deflateInit2(&stream_, 6, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY);
        TS_ASSERT(status == Z_OK);
    }
    ~GzipSink() override { deflateEnd(&stream_); }
    GzipSink(const GzipSink&) = delete;
    GzipSink& operator=(const GzipSink&) = delete;

    std::optional<Error> write(std::string_view bytes) override { return pump(bytes, Z_NO_FLUSH); }

    std::optional<Error> finish() override {
        if (auto error = pump({}, Z_FINISH)) {
            return error;
        }
        return file_->finish();
    }
    std::uint64_t bytes() const override { return file_->bytes(); }

private:
    std::optional<Error> pump(std::string_view bytes, int flush) {
        stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
        stream_.avail_in = static_cast<uInt>(bytes.size());
        do {
            stream_.next_out = reinterpret_cast<Bytef*>(room_.data());
            stream_.avail_out = static_cast<uInt>(room_.size());
            const int status = deflate(&stream_, flush);
            TS_ASSERT(status != Z_STREAM_ERROR);
            if (auto error = file_->write({room_.data(), room_.size() - stream_.avail_out})) {
                return error;
            }
        } while (stream_.avail_out == 0);
        return std::nullopt;
    }

    std::unique_ptr<OutputSink> file_;
    std::vector<char> room_;
    z_stream stream_{};
};

class ZstdSink final : public OutputSink {
public:
    explicit ZstdSink(std::unique_ptr<OutputSink> file)
        : file_(std::move(file)), room_(ZSTD_CStreamOutSize()), context_(ZSTD_createCCtx()) {
        TS_ASSERT(context_ != nullptr);
        ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, 3);
        ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag, 1);
    }
    ~ZstdSink() override { ZSTD_freeCCtx(context_); }
    ZstdSink(const ZstdSink&) = delete;
    ZstdSink& operator=(const ZstdSink&) = delete;

    std::optional<Error> write(std::string_view bytes) override {
        return pump(bytes, ZSTD_e_continue);
    }
    std::optional<Error> finish() override {
        if (auto error = pump({}, ZSTD_e_end)) {
            return error;
        }
        return file_->finish();
    }
    std::uint64_t bytes() const override { return file_->bytes(); }

private:
    std::optional<Error> pump(std::string_view bytes, ZSTD_EndDirective mode) {
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        for (;;) {
            ZSTD_outBuffer out{room_.data(), room_.size(), 0};
            const std::size_t rest = ZSTD_compressStream2(context_, &out, &in, mode);
            TS_ASSERT(ZSTD_isError(rest) == 0);
            if (auto error = file_->write({room_.data(), out.pos})) {
                return error;
            }
            if (mode == ZSTD_e_end ? rest == 0 : in.pos == in.size) {
                return std::nullopt;
            }
        }
    }

    std::unique_ptr<OutputSink> file_;
    std::vector<char> room_;
    ZSTD_CCtx* context_;
};

Result<std::unique_ptr<OutputSink>> open_file(const std::string& path) {
    if (path == "-") {
        return std::unique_ptr<OutputSink>(std::make_unique<FileSink>(STDOUT_FILENO, path, path));
    }
    struct stat found {};
    const bool there = ::stat(path.c_str(), &found) == 0;
    if (there && S_ISDIR(found.st_mode)) {
        return Error{"cannot write " + path + ": it is a directory"};
    }
    const std::string written = there && !S_ISREG(found.st_mode) ? path : path + ".tmp";
    const int fd = ::open(written.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) {
        return Error{"cannot write " + written + ": " + std::strerror(errno)};
    }
    return std::unique_ptr<OutputSink>(std::make_unique<FileSink>(fd, path, written));
}

}  // namespace

Result<std::unique_ptr<OutputSink>> open_output(const std::string& path) {
    auto file = open_file(path);
    if (!file) {
        return file;
    }
    const std::string_view name = path;
    if (name.ends_with(".gz")) {
        return std::unique_ptr<OutputSink>(std::make_unique<GzipSink>(std::move(*file)));
    }
    if (name.ends_with(".zst")) {
        return std::unique_ptr<OutputSink>(std::make_unique<ZstdSink>(std::move(*file)));
    }
    return file;
}

}  // namespace tickstock
