#pragma once

#include "storage/sql_text.hpp"

namespace tickstock {

// The statements of EventMerge. Each is one range of one index that begins at the cursor; what else
// is asked for is looked at row by row. $1 and $2 time range of which one end is the cursor's time,
// $3 and $4 the cursor's id and revision, $5 direction, $6 source, $7 session, $8 priority class,
// $9 all revisions, LIMIT $10, then type and symbol.

#define TS_COLUMNS                                                                      \
    "SELECT e.ts, e.id, e.rev,"                                                         \
    " (SELECT s.epoch FROM stream_epochs s WHERE s.number = e.epoch), e.stream_offset," \
    " e.ts_pub, e.symbol, e.type, e.direction, e.source, e.session, e.session_date,"    \
    " e.priority, e.price, e.volume, e.score, e.body FROM events e WHERE "
#define TS_OTHERS                                                            \
    " AND (CAST($5 AS TEXT) IS NULL OR e.direction = $5)"                    \
    " AND (CAST($6 AS TEXT) IS NULL OR e.source = $6)"                       \
    " AND (CAST($7 AS TEXT) IS NULL OR e.session = $7) AND e.priority <= $8" \
    " AND (CAST($9 AS BIGINT) = 1 OR NOT EXISTS"                             \
    " (SELECT 1 FROM events n WHERE n.id = e.id AND n.rev > e.rev))"
#define TS_BACK "e.ts >= $1 AND e.ts <= $2 AND (e.ts, e.id, e.rev) < ($2, $3, $4)"
#define TS_ON "e.ts >= $1 AND e.ts < $2 AND (e.ts, e.id, e.rev) > ($1, $3, $4)"
#define TS_NEWEST " ORDER BY e.ts DESC, e.id DESC, e.rev DESC LIMIT $10"
#define TS_OLDEST " ORDER BY e.ts, e.id, e.rev LIMIT $10"

// Index (ts).
inline constexpr SqlText events_back = TS_COLUMNS TS_BACK TS_OTHERS TS_NEWEST;
inline constexpr SqlText events_on = TS_COLUMNS TS_ON TS_OTHERS TS_OLDEST;

// Index (type, ts). $11 type.
inline constexpr SqlText events_of_type_back =
    TS_COLUMNS "e.type = $11 AND " TS_BACK TS_OTHERS TS_NEWEST;
inline constexpr SqlText events_of_type_on =
    TS_COLUMNS "e.type = $11 AND " TS_ON TS_OTHERS TS_OLDEST;

// Those of a symbol are written so that no other index serves, for SQLite's planner takes a worse
// one otherwise.

// Index (symbol, ts). $11 symbol.
inline constexpr SqlText events_of_symbol_back = TS_COLUMNS
    "(e.symbol, e.ts) >= ($11, $1) AND (e.symbol, e.ts, e.id, e.rev) < ($11, $2, $3, $4)" TS_OTHERS
    " ORDER BY e.symbol DESC, e.ts DESC, e.id DESC, e.rev DESC LIMIT $10";
inline constexpr SqlText events_of_symbol_on = TS_COLUMNS
    "(e.symbol, e.ts) < ($11, $2) AND (e.symbol, e.ts, e.id, e.rev) > ($11, $1, $3, $4)" TS_OTHERS
    " ORDER BY e.symbol, e.ts, e.id, e.rev LIMIT $10";

// Index (symbol, type, ts). $11 type, $12 symbol.
inline constexpr SqlText events_of_both_back = TS_COLUMNS
    "(e.symbol, e.type, e.ts) >= ($12, $11, $1)"
    " AND (e.symbol, e.type, e.ts, e.id, e.rev) < ($12, $11, $2, $3, $4)" TS_OTHERS
    " ORDER BY e.symbol DESC, e.type DESC, e.ts DESC, e.id DESC, e.rev DESC LIMIT $10";
inline constexpr SqlText events_of_both_on = TS_COLUMNS
    "(e.symbol, e.type, e.ts) < ($12, $11, $2)"
    " AND (e.symbol, e.type, e.ts, e.id, e.rev) > ($12, $11, $1, $3, $4)" TS_OTHERS
    " ORDER BY e.symbol, e.type, e.ts, e.id, e.rev LIMIT $10";

#undef TS_COLUMNS
#undef TS_OTHERS
#undef TS_BACK
#undef TS_ON
#undef TS_NEWEST
#undef TS_OLDEST

}  // namespace tickstock
