#include "simulation/archive.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/hash.hpp"

namespace tickstock::sim {
namespace {

/// `{"id":"16 digits","rev":N,…`: the members that every body begins with.
bool parse_head(std::string_view body, std::uint64_t& id, std::uint32_t& revision) {
    constexpr std::string_view before_id = "{\"id\":\"";
    constexpr std::string_view before_revision = "\",\"rev\":";
    constexpr std::size_t digits = 16;
    if (body.substr(0, before_id.size()) != before_id ||
        body.substr(before_id.size() + digits, before_revision.size()) != before_revision) {
        return false;
    }
    const char* at = body.data() + before_id.size();
    if (std::from_chars(at, at + digits, id, 16).ptr != at + digits) {
        return false;
    }
    at += digits + before_revision.size();
    return std::from_chars(at, body.data() + body.size(), revision).ec == std::errc{};
}

}  // namespace

const Archive::Epoch* Archive::find(std::string_view name) const {
    for (const Epoch& epoch : epochs_) {
        if (epoch.name == name) {
            return &epoch;
        }
    }
    return nullptr;
}

void Archive::mark_loss() {
    if (!epochs_.empty()) {
        epochs_.back().may_have_lost = true;
    }
}

void Archive::add(const EventBlock& block, const StreamEntry& entry, UnixNanos now) {
    Epoch& epoch = epochs_.back();
    std::string body(block.body(entry));
    std::uint64_t id = 0;
    std::uint32_t revision = 0;
    invariants_.require(parse_head(body, id, revision), Invariant::NeverRewritten,
                        [&] { return "a body begins without id and rev: " + body; });
    const auto [known, is_new] = epoch.revision_of.try_emplace(id, revision);
    invariants_.require(is_new || known->second < revision, Invariant::NeverRewritten, [&] {
        return fmt::format("id {:016x} rev {} again at offset {}: {}", id, revision,
                           entry.offset.value(), body);
    });
    known->second = revision;
    trace_.note("event", entry.offset.value(), xxh64(body));
    epoch.events.push_back({entry, std::move(body), now});
    ++events_;
}

void Archive::observe(const EventStream& stream, UnixNanos now) {
    const StreamRange range = stream.range();
    if (range.epoch.empty()) {  // a start that cannot say yet in which epoch it is
        return;
    }
    if (awaits_epoch_) {
        if (range.epoch != epoch_at_start_) {
            awaits_epoch_ = false;
        } else if (epochs_.empty() || epochs_.back().name != range.epoch ||
                   range.last.value() < epochs_.back().events.size()) {
            return;
        }
    }
    if (epochs_.empty() || epochs_.back().name != range.epoch) {
        invariants_.require(find(range.epoch) == nullptr, Invariant::NeverRewritten,
                            "the earlier epoch " + range.epoch + " is back");
        trace_.note("epoch", xxh64(range.epoch));
        epochs_.push_back({range.epoch, {}, false, {}});
    }
    Epoch& epoch = epochs_.back();
    const auto last = [&] { return epoch.events.size(); };
    invariants_.require(range.last.value() >= last(), Invariant::NeverRewritten, [&] {
        return fmt::format("offset {} was shown, now the stream ends at {}", last(),
                           range.last.value());
    });
    while (last() < range.last.value()) {
        const Offset next{last() + 1};
        if (next < range.first) {
            epoch.events.push_back({});
            epoch.events.back().entry.offset = next;
            continue;
        }
        const auto block = stream.block_at(range.epoch, next);
        invariants_.require(block != nullptr, Invariant::NoSilentHole, [&] {
            return fmt::format("offset {} is within {}…{}, but no block has it", next.value(),
                               range.first.value(), range.last.value());
        });
        for (const StreamEntry& entry : block->entries) {
            if (entry.offset >= next) {
                invariants_.require(
                    entry.offset.value() == last() + 1, Invariant::NoSilentHole, [&] {
                        return fmt::format("offset {} follows {}", entry.offset.value(), last());
                    });
                add(*block, entry, now);
            }
        }
    }
}

void Archive::compare(const EventStream& stream) {
    const StreamRange range = stream.range();
    const auto found = std::find_if(epochs_.begin(), epochs_.end(),
                                    [&](const Epoch& known) { return known.name == range.epoch; });
    if (found == epochs_.end()) {
        return;
    }
    Epoch* epoch = &*found;
    const std::uint64_t end = std::min<std::uint64_t>(range.last.value(), epoch->events.size());
    for (std::uint64_t offset = range.first.value(); offset <= end && offset > 0;) {
        const auto block = stream.block_at(range.epoch, Offset{offset});
        if (!block) {
            break;
        }
        for (const StreamEntry& entry : block->entries) {
            offset = entry.offset.value() + 1;
            if (entry.offset.value() > epoch->events.size()) {
                break;
            }
            Seen& seen = epoch->events[entry.offset.value() - 1];
            invariants_.require(seen.body.empty() || seen.body == block->body(entry),
                                Invariant::NeverRewritten, [&] {
                                    return fmt::format("offset {} showed {}, after the restart {}",
                                                       entry.offset.value(), seen.body,
                                                       block->body(entry));
                                });
            seen.entry = entry;  // ts_pub stands beside the body and may be another now
        }
    }
}

}  // namespace tickstock::sim
