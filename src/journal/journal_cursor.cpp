#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "journal/decision_codec.hpp"
#include "journal/frame_reader.hpp"
#include "journal/journal.hpp"
#include "journal/journal_files.hpp"
#include "journal/record_codec.hpp"

namespace tickstock {
namespace {

class FileCursor final : public JournalCursor {
public:
    FileCursor(Disk& disk, std::string directory, Sequence from, Writer writer,
               std::vector<Sequence> segments)
        : disk_(disk),
          directory_(std::move(directory)),
          from_(from),
          writer_(writer),
          segments_(std::move(segments)) {}

    /// 0 = there is nothing to read yet at the segment's place.
    Result<bool> open_segment(const std::string& path, FrameReader::File kind) {
        auto file = disk_.open(path, Disk::Mode::Read);
        if (!file) {
            return to_error(file.error());
        }
        const auto size = (*file)->size();
        if (!size) {
            return to_error(size.error());
        }
        if (size.value() < segment_header_size && kind == FrameReader::File::Growing) {
            return false;
        }
        auto frames = FrameReader::open(read_disk_file(std::move(*file)), path, kind);
        if (!frames) {
            return frames.error();
        }
        bytes_before_ += frames_ ? frames_->offset() : 0;
        frames_.emplace(std::move(*frames));
        defined_.assign(defined_.size(), false);
        return true;
    }
    Result<bool> open_segment(Sequence first) {
        return open_segment(segment_path(directory_, first), kind_of(first));
    }

    Next next(JournalEntry& entry) override {
        while (!failure_) {
            Frame frame;
            while (frames_->next(frame)) {
                const Taken taken = take(frame, entry);
                if (taken == Taken::Entry) {
                    return Next::Entry;
                }
                if (taken == Taken::Damage) {
                    break;
                }
            }
            failure_ = frames_->failure();
            if (failure_) {
                break;
            }
            if (!go_on()) {
                return failure_ ? Next::Damage : Next::End;
            }
        }
        return Next::Damage;
    }

    std::vector<SymbolDefinition> take_symbols() override { return std::exchange(symbols_, {}); }
    bool has_symbols() const override { return !symbols_.empty(); }
    std::vector<Refused> take_refused() override { return std::exchange(refused_, {}); }
    const SegmentHeader& header() const override { return frames_->header(); }
    SegmentTail tail() const override { return frames_->tail(); }
    std::uint64_t bytes_read() const override { return bytes_before_ + frames_->offset(); }
    std::optional<Error> failure() const override { return failure_; }

private:
    enum class Taken : std::uint8_t { Entry, Nothing, Damage };

    /// Only the newest segment can still grow.
    FrameReader::File kind_of(Sequence first) const {
        return writer_ == Writer::Gone || (!segments_.empty() && first < segments_.back())
                   ? FrameReader::File::Finished
                   : FrameReader::File::Growing;
    }

    /// At the end of a segment: opens the next one. False: there is none yet, or failure_.
    bool go_on() {
        const Sequence due = frames_->next_sequence();
        if (directory_.empty() || due == frames_->header().first_sequence) {
            return false;
        }
        const bool more_known = !segments_.empty() && segments_.back() >= due;
        if (!more_known && !frames_->tail().ended()) {
            return false;  // it grows, or its writer is gone
        }
        if (more_known && !std::binary_search(segments_.begin(), segments_.end(), due)) {
            failure_ = Error{fmt::format(
                "{}: at byte {}: ends with sequence {}, but the next segment {} begins behind a "
                "hole",
                frames_->name(), frames_->offset(), due.value() - 1,
                segment_name(*std::lower_bound(segments_.begin(), segments_.end(), due)))};
            return false;
        }
        if (!more_known && !is_there(due)) {
            return false;
        }
        const Result<bool> opened = open_segment(due);
        if (!opened) {
            failure_ = opened.error();
        }
        return opened && opened.value();
    }

    bool is_there(Sequence first) {
        return disk_.open(segment_path(directory_, first), Disk::Mode::Read).ok();
    }

    Taken take(const Frame& frame, JournalEntry& entry) {
        switch (frame.head.kind) {
            case FrameKind::Symbol: return take_symbol(frame);
            case FrameKind::Refused: return take_refused(frame);
            case FrameKind::Decision:
                return frame.head.sequence < from_ ? Taken::Nothing : take_decision(frame, entry);
            default:
                return frame.head.sequence < from_ ? Taken::Nothing : take_record(frame, entry);
        }
    }

    Taken take_record(const Frame& frame, JournalEntry& entry) {
        const std::string_view problem =
            decode_record(frame.head.kind, frame.payload, frame.head.sequence, entry.record);
        if (!problem.empty()) {
            return damage(frame, fmt::format("a record that no source may admit: {}", problem));
        }
        const RecordHeader& header = entry.record.header();
        if (header.kind != RecordKind::ClockTick && !is_defined(header.symbol)) {
            return damage(frame, fmt::format("a record of symbol id {} before that id's text",
                                             header.symbol.value()));
        }
        entry.sequence = frame.head.sequence;
        entry.decision.reset();
        return Taken::Entry;
    }

    Taken take_decision(const Frame& frame, JournalEntry& entry) {
        Decision& decision = entry.decision.emplace();
        const std::string_view problem =
            decode_decision(frame.payload, frame.head.sequence, decision);
        if (!problem.empty()) {
            return damage(frame, fmt::format("a decision that cannot be: {}", problem));
        }
        std::optional<SymbolId> unknown;
        for_each_symbol(
            decision, [&](SymbolId id) { unknown = is_defined(id) ? unknown : std::optional(id); });
        if (unknown) {
            return damage(frame, fmt::format("a decision on symbol id {} before that id's text",
                                             unknown->value()));
        }
        entry.sequence = frame.head.sequence;
        return Taken::Entry;
    }

    Taken take_symbol(const Frame& frame) {
        SymbolDefinition symbol;
        const std::string_view problem = decode_symbol(frame.payload, symbol);
        if (!problem.empty()) {
            return damage(frame, fmt::format("a symbol frame with a {}", problem));
        }
        const std::size_t id = symbol.id.value();
        if (id >= texts_.size()) {
            texts_.resize(id + 1);
            defined_.resize(id + 1);
        }
        if (defined_[id]) {
            return damage(frame, fmt::format("symbol id {} has its text already; '{}' comes again",
                                             id, symbol.text.view()));
        }
        defined_[id] = true;
        if (texts_[id].view().empty()) {
            texts_[id] = symbol.text;
            symbols_.push_back(symbol);
        } else if (texts_[id] != symbol.text) {
            return damage(frame, fmt::format("symbol id {} is '{}' here and was '{}' before", id,
                                             symbol.text.view(), texts_[id].view()));
        }
        return Taken::Nothing;
    }

    Taken take_refused(const Frame& frame) {
        RefusedRecords refused;
        const std::string_view problem = decode_refused(frame.payload, refused);
        if (!problem.empty()) {
            return damage(frame, fmt::format("a refused frame with {}", problem));
        }
        if (frame.head.sequence >= from_) {
            refused_.push_back({refused.source, refused.reason, refused.count});
        }
        return Taken::Nothing;
    }

    Taken damage(const Frame& frame, const std::string& what) {
        frames_->fail(frame.offset, what);
        return Taken::Damage;
    }

    bool is_defined(SymbolId id) const {
        return id.value() < defined_.size() && defined_[id.value()];
    }

    Disk& disk_;
    const std::string directory_;  // empty: one file
    const Sequence from_;
    const Writer writer_;
    const std::vector<Sequence> segments_;  // that were there at first
    std::optional<FrameReader> frames_;
    std::uint64_t bytes_before_ = 0;  // in the segments before frames_'s
    std::vector<SymbolText> texts_;   // by id, of all segments so far
    std::vector<bool> defined_;       // by id, in this segment
    std::vector<SymbolDefinition> symbols_;
    std::vector<Refused> refused_;
    std::optional<Error> failure_;
};

}  // namespace

Result<std::unique_ptr<JournalCursor>> JournalCursor::open(Disk& disk, const std::string& path,
                                                           Sequence from, Writer writer) {
    if (disk.open(path, Disk::Mode::Read).ok()) {
        auto cursor = std::make_unique<FileCursor>(disk, "", from, writer, std::vector<Sequence>{});
        const auto opened = cursor->open_segment(path, FrameReader::File::Finished);
        if (!opened) {
            return opened.error();
        }
        const Sequence first = cursor->header().first_sequence;
        if (from != Sequence{} && from < first) {
            return Error{fmt::format("{}: holds entries from {} on, {} is wanted", path,
                                     first.value(), from.value())};
        }
        return std::unique_ptr<JournalCursor>(std::move(cursor));
    }
    auto segments = list_segments(disk, path);
    if (!segments) {
        return segments.error();
    }
    if (segments->empty()) {
        return Error{fmt::format("{}: no journal segment there", path)};
    }
    if (from != Sequence{} && from < segments->front()) {
        return Error{fmt::format("{}: the oldest entry kept is {}, {} is wanted", path,
                                 segments->front().value(), from.value())};
    }
    auto place = std::upper_bound(segments->begin(), segments->end(), from);
    const Sequence first = place == segments->begin() ? *place : *std::prev(place);
    auto cursor = std::make_unique<FileCursor>(disk, path, from, writer, *segments);
    const auto opened = cursor->open_segment(first);
    if (!opened) {
        return opened.error();
    }
    if (!opened.value()) {
        return Error{fmt::format("{}: its header was never completed", segment_path(path, first))};
    }
    return std::unique_ptr<JournalCursor>(std::move(cursor));
}

}  // namespace tickstock
