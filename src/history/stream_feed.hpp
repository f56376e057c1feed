#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "publishing/stored_stream.hpp"
#include "storage/event_store.hpp"

namespace tickstock {

/// Reads the event stream as it stands on disk, all epochs in the order of the files, as batches
/// for the database. What is not there any more, or cannot be read, becomes a gap: never silent.
/// For HistoryWriter; one thread.
class StreamFeed {
public:
    /// What is damaged is read so often before it counts as lost.
    static constexpr unsigned damage_tries = 3;

    explicit StreamFeed(const StoredStream& stream) : stream_(stream) {}

    /// Goes on behind `position`. `known`: the epochs of which the database has something.
    void go_to(StoragePosition position, std::vector<std::string> known);

    /// The next events, at most `most` and of one epoch, with what was lost before them; nothing
    /// when there is none. `wall` = now. The batch's position is not taken over before go_on().
    std::optional<StorageBatch> next(std::size_t most, std::int64_t wall);
    /// The last batch is stored.
    void go_on(const StorageBatch& stored);

    const StoragePosition& position() const { return position_; }
    /// Events that wait.
    std::uint64_t behind() const;

private:
    using FileRange = StoredStream::FileRange;
    /// Index of the file that holds the next event; files.size() when there is none.
    std::size_t next_file(const std::vector<FileRange>& files) const;
    bool read(const FileRange& file, std::uint64_t from, std::size_t most, StorageBatch& batch,
              std::int64_t wall);
    void note_damage(const FileRange& file, StorageBatch& batch, std::int64_t wall);
    bool add(const EventBlock& block, const StreamEntry& entry, StorageBatch& batch,
             std::int64_t wall);
    const std::string& date_of(std::int64_t ts);

    const StoredStream& stream_;
    StoragePosition position_;
    std::vector<std::string> known_;
    // The file at hand, and where the event behind the last one read begins.
    std::unique_ptr<StoredCursor> cursor_;
    std::string cursor_file_;
    std::optional<StoredPlace> place_;
    std::string damaged_epoch_;
    std::uint64_t damaged_at_ = 0;
    unsigned damaged_times_ = 0;
    // New York's date changes at full hours only.
    std::int64_t hour_ = -1;
    std::string date_;
};

}  // namespace tickstock
