#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/disk.hpp"
#include "journal/decision_codec.hpp"
#include "journal/journal.hpp"

namespace tickstock {

/// A segment that stays.
struct KeptSegment {
    Sequence first;
    std::uint64_t bytes = 0;
    UnixNanos created;
};

/// What a directory holds and what has to be done before a journal can go on in it.
struct JournalSurvey {
    JournalFound found;
    std::vector<KeptSegment> kept;
    std::optional<std::uint64_t> cut_newest_to;  ///< size of the newest kept one
    std::vector<Sequence> removed;               ///< in the order in which they are to go
    /// Of a newest segment without entries, which is removed: they go into the next.
    std::vector<RefusedRecords> carried;
};

/// Reads only. Segments that ended in good order are known by their last frame; the newest, the
/// others, and what the machine may have lost parts of are read whole. What it may have lost when
/// it stopped without warning — bytes behind the last proof that they were synced, of a segment
/// that another boot wrote — is cut off; any other damage and a hole between segments are errors
/// that name file and byte.
Result<JournalSurvey> survey_journal(Disk& disk, const std::string& directory, const BootId& boot);

/// Does it, newest first, so that a crash in between leaves a directory that is surveyed alike;
/// then syncs what stays, because its writer may have been killed before it could.
std::optional<Error> repair_journal(Disk& disk, const std::string& directory,
                                    const JournalSurvey& survey);

}  // namespace tickstock
