#include "sources/push/push_rows.hpp"

#include "base/assert.hpp"

namespace tickstock {
namespace {

constexpr std::size_t excerpt_bytes = 100;
constexpr std::size_t rejects_told = 20;

bool is_blank(std::string_view row) {
    return row.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

PushRows::PushRows() : ledger_("push", {}), context_(SourceId{}, symbols_, ledger_) {
    auto decoder = make_line_decoder(Format::Ndjson, {}, context_);
    TS_ASSERT(decoder.ok());
    decoder_ = std::move(*decoder);
}

void PushRows::decode(const PushQueue::Batch& batch, std::uint64_t through, const Times& times,
                      RecordBatch& out, PushResult& result) {
    out.clear();
    context_.live_now = times.wall;
    const bool is_numbered = !batch.client.empty();
    std::string_view rest = batch.rows;
    std::uint64_t line = 0;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const std::string_view row = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++line;
        if (is_blank(row)) {
            continue;
        }
        const std::uint64_t number = batch.first + result.rows++;
        if (is_numbered && number <= through) {
            ++result.duplicates;
            continue;
        }
        const std::size_t known = out.records.size();
        take_row(row, line, out, result);
        for (std::size_t i = known; i < out.records.size(); ++i) {
            RecordHeader& header = out.records[i].header();
            if (is_numbered) {
                header.source_sequence = number;
            }
            if (header.kind == RecordKind::Trade) {
                header.source_kind = SourceKind::WebSocket;
            }
            header.ts_recv = times.is_event ? header.ts_event : times.received;
        }
    }
    duplicates_ += result.duplicates;
    result.through =
        is_numbered ? std::max(through, result.rows == 0 ? 0 : batch.first + result.rows - 1) : 0;
    symbols_.take_new(out.new_symbols);
}

void PushRows::take_row(std::string_view row, std::uint64_t line, RecordBatch& out,
                        PushResult& result) {
    const auto reject = [&](Reason reason) {
        ++result.rejected;
        if (result.first_rejected.size() < rejects_told) {
            result.first_rejected.push_back(
                {line, reason, std::string(row.substr(0, excerpt_bytes))});
        }
    };
    if (row.size() > line_length_max) {
        ledger_.reject(Reason::LineTooLong, row);
        before_ = ledger_.counts();
        reject(Reason::LineTooLong);
        return;
    }
    line_.assign(row);
    line_.append(line_padding, '\0');
    const std::size_t known = out.records.size();
    decoder_->decode(std::string_view(line_).substr(0, row.size()), out.records);
    if (out.records.size() > known) {
        return;
    }
    const StageCounts& now = ledger_.counts();
    Reason why = Reason::Malformed;
    for (std::size_t i = 0; i < reason_count; ++i) {
        if (now.dropped[i] != before_.dropped[i]) {
            why = static_cast<Reason>(i);
        }
    }
    before_ = now;
    reject(why);
}

StageCounts PushRows::counts() const {
    StageCounts counts = ledger_.counts();
    counts.in += duplicates_;
    counts.dropped[static_cast<std::size_t>(Reason::Duplicate)] += duplicates_;
    return counts;
}

}  // namespace tickstock
