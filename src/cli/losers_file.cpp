#include "cli/losers_file.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/hash.hpp"
#include "base/json_writer.hpp"

namespace tickstock {
namespace {

void append_line(std::string& out, const Loser& loser, const SymbolTable& symbols) {
    JsonWriter json(out);
    json.begin_object().key("symbol").string(symbols.text(loser.symbol).view());
    json.key("type").string(to_string(loser.type));
    json.key("source").string(to_string(loser.source)).key("direction");
    loser.direction == Direction::None ? json.null() : json.string(to_string(loser.direction));
    json.key("price").price(loser.price).key("ts").number(to_ns(loser.ts));
    json.key("decided").number(to_ns(loser.key.fire));
    json.key("reason").string(to_string(loser.reason)).key("event");
    if (loser.winner == 0) {
        json.null();
    } else {
        std::string id;
        append_hex16(id, loser.winner);
        json.string(id);
    }
    json.end_object();
    out += '\n';
}

}  // namespace

Result<std::unique_ptr<LosersFile>> LosersFile::open(const std::string& path,
                                                     MultiChannelSystem& system) {
    std::FILE* file = path == "-" ? stdout : std::fopen(path.c_str(), "wb");
    if (file == nullptr) {
        return Error{"--losers " + path + ": " + std::strerror(errno)};
    }
    system.collect_losers();
    return std::unique_ptr<LosersFile>(new LosersFile(path, file, system));
}

LosersFile::LosersFile(const std::string& path, std::FILE* file, MultiChannelSystem& system)
    : path_(path), file_(file), system_(system) {}

LosersFile::~LosersFile() {
    if (file_ != nullptr && file_ != stdout) {
        std::fclose(file_);
    }
}

void LosersFile::write() {
    losers_.clear();
    system_.drain_losers(losers_);
    for (const Loser& loser : losers_) {
        line_.clear();
        append_line(line_, loser, system_.symbols());
        ++lines_;
        if (std::fwrite(line_.data(), 1, line_.size(), file_) != line_.size() && error_ == 0) {
            error_ = errno;
        }
    }
}

Result<std::uint64_t> LosersFile::finish() {
    write();
    if (std::fflush(file_) != 0 && error_ == 0) {
        error_ = errno;
    }
    if (file_ != stdout && std::fclose(file_) != 0 && error_ == 0) {
        error_ = errno;
    }
    file_ = nullptr;
    if (error_ != 0) {
        return Error{"--losers " + path_ + ": " + std::strerror(error_)};
    }
    return lines_;
}

}  // namespace tickstock
