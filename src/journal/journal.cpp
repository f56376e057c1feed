#include "journal/journal.hpp"

#include "journal/file_journal.hpp"
#include "journal/journal_files.hpp"

namespace tickstock {

Result<std::unique_ptr<Journal>> Journal::open(Disk& disk, JournalOptions options, UnixNanos wall) {
    if (const auto made = disk.make_directories(options.directory); !made) {
        return to_error(made.error());
    }
    Result<JournalSurvey> survey = survey_journal(disk, options.directory, options.boot);
    if (!survey) {
        return survey.error();
    }
    if (auto failure = repair_journal(disk, options.directory, *survey)) {
        return *failure;
    }
    auto journal =
        std::make_unique<FileJournal>(disk, std::move(options), std::move(*survey), wall);
    // On a full disk this is tried again: write() tells.
    if (journal->write() == Written::Failed) {
        return *journal->failure();
    }
    return std::unique_ptr<Journal>(std::move(journal));
}

}  // namespace tickstock
