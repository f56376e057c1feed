#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace tickstock {

/// What goes wrong.
enum class FaultKind : std::uint8_t {
    Drop,            ///< the connection ends: by a reset, a TCP close, or a WebSocket close
    Stall,           ///< nothing is sent for a while; pings are answered; then it goes on
    HalfOpen,        ///< neither reads nor answers nor closes, ever
    Reorder,         ///< a record comes behind its neighbour of the same ms and another symbol
    ReorderAny,      ///< two neighbours change places, whatever they are
    Duplicate,       ///< a record, or the whole frame with it, comes twice
    Split,           ///< the record's frame comes as WebSocket fragments in odd TCP segments
    SlowKill,        ///< the connection is treated as if its reader were slow: delayed, then cut
    MaxConnections,  ///< evicted: the status max_connections, close 1008
    AuthFail,        ///< the next `auth` gets auth_failed
    AuthTimeout,     ///< the next `auth` is not seen: auth_timeout follows
    RejectRest,      ///< the next REST request gets 500 or 429
};
inline constexpr std::size_t fault_kind_count = 12;

std::string_view to_string(FaultKind kind);
std::optional<FaultKind> parse_fault_kind(std::string_view text);
/// "drop, stall, …"
std::string fault_kind_names();

/// True for the kinds after which a client misses records.
bool cuts_connection(FaultKind kind);

enum class DropHow : std::uint8_t { Reset, Fin, Close };  ///< Close = with a WebSocket close frame

/// One fault of the plan: `kind` happens at record `record` of the tape, before it is sent
/// (reorder, duplicate and split: to it).
struct Fault {
    FaultKind kind = FaultKind::Drop;
    std::size_t record = 0;
    std::size_t lost = 0;          ///< records that pass before a client may come back; cuts only
    DropHow how = DropHow::Reset;  ///< Drop
    unsigned milliseconds = 0;     ///< Stall
    bool whole_frame = false;      ///< Duplicate
    unsigned status = 500;         ///< RejectRest
    std::uint64_t seed = 0;        ///< Split: where
};

/// "drop", "drop:reset lost 120", …: the argument as --fault takes it.
std::string argument_text(const Fault& fault);

struct FaultDraw {
    std::size_t count = 0;
    std::uint64_t seed = 1;
    std::vector<FaultKind> kinds;  ///< empty = default_drawn_kinds()
    std::optional<std::size_t>
        lost;               ///< of every cut; nothing = drawn, 1 to 2,000 (less on a short tape)
    std::size_t first = 0;  ///< records [first, last) are struck
    std::size_t last = 0;
};

/// All but auth-fail, for which a client of this vendor stops for good, and reorder-any, which the
/// vendor's wire does not do.
std::vector<FaultKind> default_drawn_kinds();

/// Faults ascending by record, the same for the same arguments on every machine. No fault lies in
/// the records that the one before loses, as far as the tape is long enough.
std::vector<Fault> draw_faults(const FaultDraw& draw);

/// KIND@RECORD[:ARG[:ARG]]: drop[:reset|fin|close], stall[:MS], duplicate[:record|frame],
/// reject-rest[:STATUS]; of the cuts also a number of records that are lost (default `lost`).
Result<Fault> parse_fault(std::string_view text, std::size_t lost);

}  // namespace tickstock
