#include "simulation/mutants.hpp"

#include <array>

#include "base/mutant.hpp"

namespace tickstock::sim {
namespace {

constexpr std::array mutants{
    Mutant{1, "journal: checksums are not looked at"},
    Mutant{2, "journal: a torn tail is not cut"},
    Mutant{3, "journal: a sync syncs no file"},
    Mutant{4, "journal: a sync does not sync the directory"},
    Mutant{5, "gate: events are published before their input is written"},
    Mutant{6, "gate: under 'always', events are published before the sync"},
    Mutant{7, "gate: one entry too far"},
    Mutant{8, "restart: a source resumes one record too early"},
    Mutant{9, "publisher: shards are not merged by key"},
    Mutant{10, "publisher: waits for the first shard only"},
    Mutant{11, "recovery: leaves the entry behind the snapshot out"},
    Mutant{12, "recovery: no new epoch after a crash that may have lost entries"},
    Mutant{13, "snapshot: some symbols are missing"},
    Mutant{14, "moves: a symbol arrives without its state"},
    Mutant{15, "spill: the cursor on the file leaves a run out"},
    Mutant{16, "drop_oldest: what is journaled as skipped is worked"},
    Mutant{17, "admission: refused records do not count in a source's position"},
    Mutant{18, "admission: refused records are not journaled"},
    Mutant{19, "admission: full queues take more"},
    Mutant{20, "admission: a record that was held back is lost"},
    Mutant{21, "fan-out: some events are left out in silence"},
    Mutant{22, "subscription: resumes one event too late"},
    Mutant{23, "publisher: an epoch's begin is not told"},
    Mutant{24, "commands: the answer names another entry"},
    Mutant{25, "recovery: the clock goes back"},
    Mutant{26, "deadlines: five seconds late in a quiet market"},
    Mutant{27, "circuits: never half-open"},
    Mutant{28, "disk full: admission never goes on"},
    Mutant{29, "accounting: refused records are not counted"},
    Mutant{30, "snapshot: what a paused channel keeps is forgotten"},
    Mutant{31, "high/low: small trades make no highs"},
    Mutant{32, "decisions: a universe is journaled and takes no effect"},
    Mutant{33, "journal: symbols are defined in the first segment only"},
    Mutant{34, "snapshot: deadlines go on in what is not copied yet"},
    Mutant{35, "paths: finds of the linear path that is not in charge go on", true},
    Mutant{36, "paths: a replay is not told of fallbacks ahead", true},
    Mutant{37, "paths: a symbol comes back without the linear path's state", true},
};

}  // namespace

std::span<const Mutant> all_mutants() {
    return mutants;
}

void switch_mutant(unsigned number) {
    active_mutant = number;
}

}  // namespace tickstock::sim
