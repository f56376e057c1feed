#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/fanout.hpp"
#include "server/position.hpp"

namespace tickstock {

/// One page of events on its way: reads as far as blocks are at hand, and goes on when more came
/// from the disk. I/O thread only.
class EventPage {
public:
    struct Request {
        std::optional<Position> since;  ///< nothing = the newest in memory
        std::optional<Position> until;  ///< no offset behind it; of another epoch: nothing at all
        std::size_t limit = 100;
    };
    EventPage(Fanout& fanout, std::shared_ptr<const Filter> filter, Request request);

    /// False: it waits for the disk. REQUIRES: not true before.
    bool read();
    std::string json() const;

private:
    void begin_after(const Position& since);
    void read_newest();
    bool read_on();

    Fanout& fanout_;
    const std::shared_ptr<const Filter> filter_;
    const Request request_;
    const std::string epoch_;
    Offset end_;                  // no offset behind it
    std::vector<EventRun> runs_;  // of one event each, by offset
    Offset last_;                 // complete up to here
    std::size_t looked_at_ = 0;
    std::optional<std::pair<Offset, Offset>> gap_;
    std::string_view reason_;  // why a resumed page is not whole
};

/// The latest events of a symbol on their way. I/O thread only.
class SymbolPage {
public:
    SymbolPage(Fanout& fanout, std::string_view symbol);

    bool read();  ///< as EventPage's
    bool is_empty() const { return events_.empty(); }
    std::string json() const;

private:
    Fanout& fanout_;
    const std::string symbol_;
    StreamRange range_;
    std::vector<EventStream::EvictedLatest> missing_;
    std::vector<std::pair<EventType, std::string>> events_;  // by offset, as they stand on the wire
    std::vector<std::pair<EventType, std::string>> newer_;
};

}  // namespace tickstock
