#include "sources/files/order_probe.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "sources/files/line_reader.hpp"
#include "sources/files/order_evidence.hpp"
#include "sources/formats/line_decoder.hpp"

namespace tickstock {
namespace {

constexpr std::uint64_t block_count = 64;
constexpr std::uint64_t block_bytes = std::uint64_t{64} << 10;
constexpr std::uint64_t sample_distance = std::uint64_t{64} << 10;

/// Decodes sampled lines with a ledger and symbols of its own, so that nothing is counted twice.
class Sampler {
public:
    Sampler(Format format, const std::string& header, const FileReaderOptions& options)
        : context_(options.source, symbols_, ledger_) {
        auto decoder = make_line_decoder(format, header, context_);
        TS_ASSERT(decoder.ok());  // the same header has made a decoder before
        decoder_ = std::move(decoder).value();
    }

    /// REQUIRES: line_padding readable bytes behind the line.
    void look_at(std::string_view line) {
        records_.clear();
        if (line.size() <= line_length_max) {
            decoder_->decode(line, records_);
        }
        for (const Record& record : records_) {
            evidence_.observe(record);
        }
    }
    bool grouped() const { return evidence_.grouped(); }

private:
    SymbolCache symbols_;
    RowLedger ledger_;
    DecodeContext context_;
    std::unique_ptr<LineDecoder> decoder_;
    std::vector<Record> records_;
    OrderEvidence evidence_;
};

class FileDescriptor {
public:
    explicit FileDescriptor(const std::string& path)
        : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
    ~FileDescriptor() {
        if (fd_ >= 0) {
            ::close(fd_);
        }
    }
    FileDescriptor(const FileDescriptor&) = delete;
    FileDescriptor& operator=(const FileDescriptor&) = delete;

    /// Bytes of a regular file; 0 for anything else.
    std::uint64_t regular_size() const {
        struct stat info {};
        return fd_ >= 0 && ::fstat(fd_, &info) == 0 && S_ISREG(info.st_mode)
                   ? static_cast<std::uint64_t>(info.st_size)
                   : 0;
    }
    std::size_t read_at(std::uint64_t offset, std::span<char> into) const {
        const ssize_t got = ::pread(fd_, into.data(), into.size(), static_cast<off_t>(offset));
        return got > 0 ? static_cast<std::size_t>(got) : 0;
    }

private:
    int fd_;
};

void sample_blocks(const FileDescriptor& file, std::uint64_t size, Sampler& sampler) {
    std::vector<char> buffer(block_bytes + line_padding);
    const std::uint64_t last = size > block_bytes ? size - block_bytes : 0;
    for (std::uint64_t i = 0; i < block_count; ++i) {
        const std::uint64_t offset = last / (block_count - 1) * i;
        const std::size_t got =
            file.read_at(offset, std::span(buffer.data(), std::size_t{block_bytes}));
        std::string_view rest(buffer.data(), got);
        // The first line of a block is cut in front (the file's first is the header), the last
        // behind.
        std::size_t end = rest.find('\n');
        while (end != std::string_view::npos) {
            rest.remove_prefix(end + 1);
            end = rest.find('\n');
            if (end != std::string_view::npos) {
                std::string_view line = rest.substr(0, end);
                line.remove_suffix(!line.empty() && line.back() == '\r' ? 1 : 0);
                sampler.look_at(line);
            }
        }
    }
}

void sample_lines(LineReader lines, Sampler& sampler) {
    std::uint64_t next_sample = 0;
    bool header = true;
    while (const auto line = lines.next()) {
        if (!header && !line->too_long && line->byte >= next_sample) {
            sampler.look_at(line->text);
            next_sample = line->byte + sample_distance;
        }
        header = false;
    }
}

}  // namespace

bool probe_grouped(const std::string& path, Format format, const std::string& header,
                   const FileReaderOptions& options) {
    if (path == "-") {
        return false;
    }
    const FileDescriptor file(path);
    const std::uint64_t size = file.regular_size();
    if (size == 0) {
        return false;
    }
    Sampler sampler(format, header, options);
    std::array<char, 4> magic{};
    const std::size_t got = file.read_at(0, magic);
    if (detect_compression({magic.data(), got}) == Compression::None) {
        sample_blocks(file, size, sampler);
        return sampler.grouped();
    }
    Result<std::unique_ptr<ByteSource>> raw = open_raw(path);
    if (raw.ok()) {
        sample_lines(LineReader(decompressed(std::move(raw).value())), sampler);
    }
    return sampler.grouped();
}

}  // namespace tickstock
