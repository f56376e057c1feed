#include "journal/segment_survey.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "journal/journal_files.hpp"
#include "journal/little_endian.hpp"

namespace tickstock {
namespace {

constexpr std::size_t synced_frame_size = frame_head_size + sizeof(std::uint64_t);

bool all_zeros(std::string_view bytes) {
    return bytes.find_first_not_of('\0') == std::string_view::npos;
}

/// The clock stands early in every payload: behind symbol, source and source kind of a record,
/// behind the code of a decision.
UnixNanos clock_of(const Frame& entry) {
    const std::size_t at = entry.head.kind == FrameKind::Decision ? 1 : 7;
    return unix_nanos(LittleEndianReader(entry.payload.substr(std::min(at, entry.payload.size())))
                          .get<std::int64_t>());
}

class Look {
public:
    Look(std::string path, std::shared_ptr<DiskFile> file)
        : path_(std::move(path)), file_(std::move(file)) {}

    /// Header and size; false when reading failed.
    Result<SegmentSurvey> begin(Sequence first) {
        SegmentSurvey survey;
        set_first(survey, first);
        const auto size = file_->size();
        if (!size) {
            return to_error(size.error());
        }
        survey.file_bytes = size.value();
        std::array<char, segment_header_size> bytes{};
        const auto count = file_->read_at(0, bytes);
        if (!count) {
            return to_error(count.error());
        }
        const std::string_view header(bytes.data(), count.value());
        if (header.size() < segment_header_size || all_zeros(header)) {
            return headless(survey);
        }
        const auto decoded = decode_segment_header(header);
        if (!decoded) {
            return Error{fmt::format("{}: at byte 0: {}", path_, decoded.error().message)};
        }
        if (first == Sequence{}) {
            set_first(survey, decoded->first_sequence);
        } else if (decoded->first_sequence != first) {
            return Error{fmt::format("{}: at byte 44: the segment begins with sequence {}", path_,
                                     decoded->first_sequence.value())};
        }
        survey.has_header = true;
        survey.header = *decoded;
        return survey;
    }

    /// True when the last bytes are an end frame where `next` follows.
    Result<bool> is_ended_before(SegmentSurvey& survey, Sequence next) {
        std::array<char, frame_head_size> bytes{};
        if (survey.file_bytes < segment_header_size + bytes.size()) {
            return false;
        }
        const auto count = file_->read_at(survey.file_bytes - bytes.size(), bytes);
        if (!count) {
            return to_error(count.error());
        }
        FrameHead head;
        const bool ended = parse_frame({bytes.data(), count.value()}, head,
                                       survey.header.format_version) == FrameStatus::Valid &&
                           (head.kind == FrameKind::Close || head.kind == FrameKind::Rotate) &&
                           head.sequence == next;
        if (ended) {
            survey.tail.closed = head.kind == FrameKind::Close;
            survey.tail.rotated = head.kind == FrameKind::Rotate;
            survey.last = Sequence{next.value() - 1};
            survey.valid_through = survey.file_bytes;
        }
        return ended;
    }

    Result<SegmentSurvey> walk(SegmentSurvey survey) {
        auto frames = FrameReader::open(read_disk_file(file_), path_, FrameReader::File::Finished);
        if (!frames) {
            return frames.error();
        }
        Frame frame;
        while (frames->next(frame)) {
            if (is_entry_frame(frame.head.kind)) {
                survey.last_clock = clock_of(frame);
                survey.refused.clear();
            } else if (frame.head.kind == FrameKind::Refused) {
                RefusedRecords refused;
                if (decode_refused(frame.payload, refused).empty()) {
                    survey.refused.push_back(refused);
                }
            }
        }
        survey.walked = true;
        survey.last = Sequence{frames->next_sequence().value() - 1};
        survey.valid_through = frames->offset();
        survey.tail = frames->tail();
        survey.synced_through = frames->synced_through();
        survey.damage = frames->failure().value_or(Error{}).message;
        return survey;
    }

private:
    static void set_first(SegmentSurvey& survey, Sequence first) {
        survey.first = first;
        survey.last = Sequence{std::max<std::uint64_t>(first.value(), 1) - 1};
    }

    Result<SegmentSurvey> headless(SegmentSurvey survey) {
        survey.walked = true;
        survey.tail.torn_bytes = std::min<std::uint64_t>(survey.file_bytes, segment_header_size);
        std::vector<char> bytes(std::size_t{1} << 16);
        for (std::uint64_t at = segment_header_size; at < survey.file_bytes; at += bytes.size()) {
            const auto count = file_->read_at(at, bytes);
            if (!count) {
                return to_error(count.error());
            }
            if (!all_zeros({bytes.data(), count.value()})) {
                survey.damage = fmt::format(
                    "{}: at byte 0: zeros where the header of what follows was due", path_);
                break;
            }
        }
        return survey;
    }

    const std::string path_;
    std::shared_ptr<DiskFile> file_;
};

}  // namespace

Result<SegmentSurvey> survey_segment(Disk& disk, const std::string& path, Sequence first,
                                     Sequence next) {
    auto file = disk.open(path, Disk::Mode::Read);
    if (!file) {
        return to_error(file.error());
    }
    Look look(path, std::move(*file));
    Result<SegmentSurvey> survey = look.begin(first);
    if (!survey || !survey->has_header) {
        return survey;
    }
    if (next != Sequence{}) {
        const Result<bool> ended = look.is_ended_before(*survey, next);
        if (!ended) {
            return ended.error();
        }
        if (ended.value()) {
            return survey;
        }
    }
    return look.walk(std::move(*survey));
}

Result<Sequence> find_synced_through(Disk& disk, const std::string& path, std::uint64_t offset) {
    auto file = disk.open(path, Disk::Mode::Read);
    if (!file) {
        return to_error(file.error());
    }
    Sequence highest;
    std::vector<char> bytes(std::size_t{1} << 16);
    for (;;) {
        const auto count = (*file)->read_at(offset, bytes);
        if (!count) {
            return to_error(count.error());
        }
        if (count.value() < synced_frame_size) {
            return highest;
        }
        const std::string_view read(bytes.data(), count.value());
        const std::size_t places = read.size() - synced_frame_size + 1;
        for (std::size_t i = 0; i < places; ++i) {
            if (read[i + frame_head_size - 1] != static_cast<char>(FrameKind::Synced)) {
                continue;
            }
            FrameHead head;
            if (parse_frame(read.substr(i, synced_frame_size), head) == FrameStatus::Valid &&
                head.length == sizeof(std::uint64_t)) {
                LittleEndianReader in(read.substr(i + frame_head_size));
                highest = std::max(highest, Sequence{in.get<std::uint64_t>()});
            }
        }
        offset += places;
    }
}

}  // namespace tickstock
