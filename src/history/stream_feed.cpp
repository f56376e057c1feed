#include "history/stream_feed.hpp"

#include <algorithm>

#include "history/body_fields.hpp"

namespace tickstock {
namespace {

constexpr std::uint64_t block_events = 1024;

std::int64_t signed_offset(Offset offset) {
    return static_cast<std::int64_t>(offset.value());
}

}  // namespace

void StreamFeed::go_to(StoragePosition position, std::vector<std::string> known) {
    position_ = std::move(position);
    known_ = std::move(known);
    cursor_.reset();
    place_.reset();
}

void StreamFeed::go_on(const StorageBatch& stored) {
    if (position_.epoch != stored.after.epoch &&
        std::ranges::find(known_, stored.after.epoch) == known_.end()) {
        known_.push_back(stored.after.epoch);
    }
    position_ = stored.after;
}

std::size_t StreamFeed::next_file(const std::vector<FileRange>& files) const {
    std::size_t behind = files.size();  // the last file of the position's epoch
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i].epoch == position_.epoch) {
            if (signed_offset(files[i].last) > position_.offset) {
                return i;
            }
            behind = i;
        }
    }
    if (behind < files.size()) {
        return behind + 1;
    }
    // The epoch is not there: on with the first one that the database does not know, else with the
    // newest, of which storing an event once more changes nothing.
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (std::ranges::find(known_, files[i].epoch) == known_.end()) {
            return i;
        }
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (files[i].epoch == files.back().epoch) {
            return i;
        }
    }
    return files.size();
}

std::uint64_t StreamFeed::behind() const {
    const auto files = stream_.files();
    std::uint64_t events = 0;
    for (std::size_t i = next_file(files); i < files.size(); ++i) {
        std::int64_t from = signed_offset(files[i].first);
        if (files[i].epoch == position_.epoch) {
            from = std::max(from, position_.offset + 1);
        }
        events += static_cast<std::uint64_t>(
            std::max<std::int64_t>(0, signed_offset(files[i].last) - from + 1));
    }
    return events;
}

std::optional<StorageBatch> StreamFeed::next(std::size_t most, std::int64_t wall) {
    const auto files = stream_.files();
    std::size_t i = next_file(files);
    if (i >= files.size()) {
        return std::nullopt;
    }
    StorageBatch batch;
    batch.before = position_;
    batch.after = {files[i].epoch, files[i].epoch == position_.epoch ? position_.offset : 0};
    const bool is_gone = !position_.epoch.empty() && files[i].epoch != position_.epoch &&
                         std::ranges::none_of(files, [&](const FileRange& file) {
                             return file.epoch == position_.epoch;
                         });
    if (is_gone) {
        batch.gaps.push_back({position_.epoch, position_.offset + 1, 0,
                              "the rest of the epoch left the stored stream", wall});
    }
    for (; i < files.size() && files[i].epoch == batch.after.epoch && batch.events.size() < most;
         ++i) {
        const std::int64_t first = signed_offset(files[i].first);
        if (first > batch.after.offset + 1) {
            batch.gaps.push_back({batch.after.epoch, batch.after.offset + 1, first - 1,
                                  "left the stored stream before they were stored", wall});
            batch.after.offset = first - 1;
        }
        const auto from = static_cast<std::uint64_t>(batch.after.offset) + 1;
        if (!read(files[i], from, most, batch, wall)) {
            break;
        }
    }
    if (batch.after == batch.before && batch.gaps.empty()) {
        return std::nullopt;  // damage that is tried again
    }
    return batch;
}

/// False: the file could not be read to its end.
bool StreamFeed::read(const FileRange& file, std::uint64_t from, std::size_t most,
                      StorageBatch& batch, std::int64_t wall) {
    if (cursor_ == nullptr || cursor_file_ != file.name || cursor_->due().value() != from ||
        cursor_->is_at_end() || cursor_->failure()) {
        const bool is_near = cursor_file_ == file.name && place_ && place_->offset.value() <= from;
        cursor_ = stream_.read_file(file, Offset{from}, is_near ? place_ : std::nullopt);
        cursor_file_ = file.name;
        if (cursor_ == nullptr) {
            return false;  // gone meanwhile: the next call finds what is lost
        }
    }
    while (!cursor_->is_at_end() && batch.events.size() < most) {
        const auto left = most - batch.events.size();
        const auto block = cursor_->next(std::min<std::uint64_t>(left, block_events));
        if (block == nullptr) {
            break;
        }
        for (const StreamEntry& entry : block->entries) {
            add(*block, entry, batch, wall);
        }
    }
    place_ = cursor_->place();
    if (cursor_->failure()) {
        note_damage(file, batch, wall);
        return false;
    }
    return cursor_->is_at_end();
}

/// The cursor broke off. The third time at the same place what stands behind in the file is lost.
void StreamFeed::note_damage(const FileRange& file, StorageBatch& batch, std::int64_t wall) {
    const std::uint64_t at = cursor_->due().value();
    const std::string why = cursor_->failure()->message;
    cursor_.reset();
    place_.reset();
    if (damaged_epoch_ != file.epoch || damaged_at_ != at) {
        damaged_epoch_ = file.epoch;
        damaged_at_ = at;
        damaged_times_ = 0;
    }
    if (++damaged_times_ < damage_tries) {
        return;
    }
    batch.gaps.push_back({file.epoch, static_cast<std::int64_t>(at), signed_offset(file.last),
                          "unreadable: " + why, wall});
    batch.after.offset = signed_offset(file.last);
}

bool StreamFeed::add(const EventBlock& block, const StreamEntry& entry, StorageBatch& batch,
                     std::int64_t wall) {
    const std::int64_t offset = signed_offset(entry.offset);
    const std::string_view body = block.body(entry);
    batch.after.offset = offset;
    const auto fields = read_body(body);
    if (!fields || !is_storable_text(body)) {
        batch.gaps.push_back({batch.after.epoch, offset, offset, "its body is no event's", wall});
        return false;
    }
    EventRow& row = batch.events.emplace_back();
    row.id = fields->id;
    row.rev = fields->rev;
    row.offset = offset;
    row.ts_pub = to_ns(entry.ts_pub);
    row.ts = to_ns(entry.ts);
    row.symbol = entry.symbol.view();
    row.type = to_string(entry.type);
    row.direction = to_string(entry.direction);
    row.source = to_string(entry.source);
    row.session = fields->session;
    row.session_date = date_of(row.ts);
    row.priority = entry.priority;
    if (entry.type != EventType::Control) {
        row.price = entry.price.raw();
    }
    row.volume = entry.volume.raw();
    row.score = entry.score;
    row.body = body;
    row.facts = fields->facts;
    return true;
}

const std::string& StreamFeed::date_of(std::int64_t ts) {
    constexpr std::int64_t hour = 3'600'000'000'000;
    if (ts / hour != hour_) {
        hour_ = ts / hour;
        date_ = new_york_date(unix_nanos(ts));
    }
    return date_;
}

}  // namespace tickstock
