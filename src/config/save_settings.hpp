#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "config/file_edit.hpp"
#include "config/load.hpp"
#include "config/setting.hpp"

namespace tickstock {

/// A setting and what it shall be.
struct SettingEdit {
    const Setting* setting = nullptr;
    SettingValue value;
};

/// What it takes for the files to hold `edits`; no file is touched. A setting is changed where it
/// holds now: in the last file that names it, under the key that stands there, else it is added to
/// its home. A setting that has its value already changes nothing.
///
/// Refused, with all problems: a setting whose value comes from the environment or a flag, as these
/// hold over files; and whatever makes the directory as a whole no good configuration. Several
/// files are in an order in which it is good after each.
Result<std::vector<FileEdit>, ConfigProblems> plan_save(const ConfigPlaces& places,
                                                        const std::vector<SettingEdit>& edits);

/// Writes the new texts beside their files at once, and takes them into place when told. Between
/// the two nothing that can be foreseen is left to go wrong. A file that nobody takes into place is
/// removed. One thread.
class PreparedFiles {
public:
    /// Written and synced, each under a name that nobody else has ("FILE.aB3xYz"). Keeps the file's
    /// mode and, where allowed, owner and group; a file with secrets has mode 0640 at most. Goes to
    /// where a symbolic link leads.
    static Result<PreparedFiles> prepare(std::vector<FileEdit> edits);
    ~PreparedFiles();
    PreparedFiles(PreparedFiles&& other) noexcept;
    PreparedFiles& operator=(PreparedFiles&&) = delete;

    /// Renames, one after the other, and syncs the directories. An error when someone has changed,
    /// made or removed a file meanwhile, and then none is changed.
    Result<std::size_t> commit();

private:
    explicit PreparedFiles(std::vector<FileEdit> edits);
    Result<std::size_t> write(const FileEdit& edit);

    std::vector<FileEdit> edits_;       // `path` is what the link leads to
    std::vector<std::string> waiting_;  // the new texts' files, one an edit; ours to remove
};

}  // namespace tickstock
