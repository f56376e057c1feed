// Rows of the settings table: the running engine (SPEC 4, 5) and what leaves it (SPEC 10).

#include "config/setting_checks.hpp"
#include "config/setting_rows.hpp"
#include "config/table_parts.hpp"

namespace tickstock {
namespace {

using namespace setting_rows;
using namespace std::chrono_literals;

constexpr auto restart = SettingChange::Restart;
constexpr std::int64_t kibi = 1 << 10;
constexpr std::int64_t mebi = 1 << 20;
constexpr std::int64_t gibi = 1 << 30;

// A member of Config by its path, for const and non-const configurations alike.
#define TS_FIELD(path)          \
    [](auto& config) -> auto& { \
        return config.path;     \
    }

void add_journal(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {text("data.directory", "a path", is_path, restart, TS_FIELD(data.directory),
              "Folder of journal, snapshots and stored events; made when it is absent."),
         word("journal.durability", {"always", "interval", "none"}, restart,
              TS_FIELD(journal.durability),
              "An event waits until its input is on the disk (always) or with the operating "
              "system (interval, none); interval brings it to the disk now and then, none never "
              "asks for it."),
         milliseconds("journal.sync_interval_ms", 1ms, 60s, restart,
                      TS_FIELD(journal.sync_interval),
                      "Pause between two syncs of the policy interval: what a crash of the machine "
                      "may take."),
         milliseconds(
             "journal.group_commit_ms", 0ms, 1s, restart, TS_FIELD(journal.group_commit),
             "The policy always lets an entry wait so long for more to be synced with it; 0 syncs "
             "whenever the disk is free, and what comes meanwhile goes together."),
         integer("journal.group_commit_bytes", 1, gibi, "bytes", restart,
                 TS_FIELD(journal.group_commit_bytes),
                 "The policy always waits no longer when so much has gathered."),
         integer("journal.segment_bytes", 64 * kibi, 4 * gibi, "bytes", restart,
                 TS_FIELD(journal.segment_bytes), "A file of the journal this long is closed."),
         integer("journal.retention_bytes", mebi, gibi * gibi, "bytes", restart,
                 TS_FIELD(journal.retention_bytes),
                 "The journal's oldest files go when all together are longer, unless a start "
                 "would need them."),
         hours("journal.retention_hours", 1h, std::chrono::hours(24 * 3650), restart,
               TS_FIELD(journal.retention_age),
               "The journal's files go when they are older, unless a start would need them."),
         integer("journal.reserve_bytes", 0, 1024 * gibi, "bytes", restart,
                 TS_FIELD(journal.reserve_bytes),
                 "Room on the disk that is taken ahead, so that a full disk is seen before a "
                 "record is lost."),
         seconds("snapshot.interval_seconds", 0s, 86'400s, restart, TS_FIELD(snapshot.interval),
                 "Pause between two snapshots of the engine's state; 0 takes one at stop only."),
         integer("snapshot.keep", 1, 100, "files", restart, TS_FIELD(snapshot.keep),
                 "Newest snapshots that are kept.")});
}

void add_router(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {word("router.strategy", {"hash_based", "round_robin", "load_based", "health_based"},
              restart, TS_FIELD(router.strategy),
              "How a symbol that is seen for the first time gets its shard; events are "
              "the same with each."),
         text("router.rules", "SYMBOL … -> SHARD …; * and ? stand for any characters and one",
              is_routing_rule, restart, TS_FIELD(router.rules),
              "Where symbols live, before the strategy is asked; the first rule that holds. Of "
              "several shards a healthy one."),
         integer("router.circuit_failures", 1, 1'000'000, "failures", restart,
                 TS_FIELD(router.circuit_failures),
                 "So many failures in a row open the router's circuit."),
         integer("router.channel_circuit_failures", 1, 1'000'000, "failures", restart,
                 TS_FIELD(router.channel_circuit_failures),
                 "So many failures in a row open the circuit of a shard's channel."),
         seconds("router.circuit_open_seconds", 1ms, 86'400s, restart,
                 TS_FIELD(router.circuit_open),
                 "A circuit stays open so long; then one try decides.")});
}

}  // namespace

void add_engine(std::vector<Setting>& table) {
    table.insert(
        table.end(),
        {integer("engine.shards", 1, 256, "shards", restart, TS_FIELD(engine.shards),
                 "Parts that the symbols are spread over; events are the same for any number."),
         integer("engine.threads", 0, 257, "threads", restart, TS_FIELD(engine.threads),
                 "Threads of the engine; 0 is one on up to two cores, else one a shard and one "
                 "for input."),
         integer("engine.tail_bytes", mebi, 64 * gibi, "bytes", restart,
                 TS_FIELD(engine.tail_bytes),
                 "Newest part of the journal held in memory; a shard further behind reads the "
                 "files."),
         seconds("engine.watchdog_seconds", 0s, 3600s, restart, TS_FIELD(engine.watchdog),
                 "A thread that comes to no end of a step for so long ends the process with status "
                 "70, to be started again; 0 watches none.")});
    add_journal(table);
    add_router(table);
}

void add_priority(std::vector<Setting>& table) {
    table.insert(table.end(),
                 {integer("priority.event_capacity", 1, 1'000'000'000, "events", restart,
                          TS_FIELD(pipeline.priority.event_capacity),
                          "Events not yet published; from 98 % on the least important classes "
                          "are shed, one more each second."),
                  word("priority.outside_universes", {"keep", "drop"}, restart,
                       TS_FIELD(pipeline.priority.drop_outside_universes),
                       "What becomes of events of symbols that stand in no universe, where there "
                       "is one.")});
}

#undef TS_FIELD

}  // namespace tickstock
