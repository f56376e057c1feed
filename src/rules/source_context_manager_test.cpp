#include "rules/source_context_manager.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tickstock {
namespace {

RecordHeader header_of(std::uint16_t source, SourceKind kind, std::int64_t ts) {
    RecordHeader header;
    header.source = SourceId(source);
    header.source_kind = kind;
    header.ts_event = unix_nanos(ts);
    return header;
}

TEST(SourceContexts, CountBySourceAndKind) {
    SourceContextManager contexts;
    contexts.on_record(header_of(0, SourceKind::Tick, 5));
    contexts.on_record(header_of(0, SourceKind::Tick, 3));
    contexts.on_rejected(header_of(0, SourceKind::Tick, 3));
    contexts.on_record(header_of(2, SourceKind::Fmv, 9));
    std::vector<Event> events(1);
    events[0].detection.source = SourceKind::Tick;
    contexts.on_events(events);

    ASSERT_EQ(contexts.sources(), 3U);
    const SourceContextCounts& tick = contexts.counts(SourceId(0), SourceKind::Tick);
    EXPECT_EQ(tick.records, 2U);
    EXPECT_EQ(tick.rejected, 1U);
    EXPECT_EQ(tick.events, 1U);
    EXPECT_EQ(tick.last_seen, unix_nanos(5));
    EXPECT_EQ(contexts.counts(SourceId(2), SourceKind::Fmv).records, 1U);
    EXPECT_EQ(contexts.counts(SourceId(1), SourceKind::Tick).records, 0U);
    EXPECT_EQ(contexts.counts(SourceId(0), SourceKind::Fmv).records, 0U);
}

TEST(SourceContexts, AddUpOverShards) {
    SourceContextCounts counts{3, 1, 2, unix_nanos(7)};
    counts += {1, 1, 1, unix_nanos(4)};
    EXPECT_EQ(counts.records, 4U);
    EXPECT_EQ(counts.rejected, 2U);
    EXPECT_EQ(counts.events, 3U);
    EXPECT_EQ(counts.last_seen, unix_nanos(7));
}

}  // namespace
}  // namespace tickstock
