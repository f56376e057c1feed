// Kills and power cuts at random: what was written is there afterwards, and nothing else.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "publishing/stored_stream.hpp"
#include "publishing/test_support.hpp"

namespace tickstock {
namespace {

/// A process that appends and writes at random, until it is killed at a random operation or the
/// power is cut; the next one goes on where the stored stream ends. `model` is what was appended.
class Crashes {
public:
    explicit Crashes(std::uint64_t seed) : random_(seed) {}

    void run() {
        for (int process = 0; process < 12 && !::testing::Test::HasFailure(); ++process) {
            start();
            const bool cut = random_() % 3 == 0;
            disk_.kill_at(random_() % 40, random_() % 300);
            while (!disk_.killed() && step()) {
            }
            stream_.reset();
            if (cut) {
                disk_.power_cut(random_());
            } else {
                disk_.restart();
            }
            cut_ = cut;
        }
    }

private:
    void start() {
        disk_.kill_at(random_() % 10, random_() % 100);  // in the middle of a start, too
        StoredStreamOptions options;
        options.directory = stored_folder;
        (void)StoredStream::open(disk_, options);
        disk_.restart();
        stream_ = open_stored(disk_, 700);
        ASSERT_NE(stream_, nullptr);
        std::vector<std::string>& all = model_[epoch_];
        const StreamRange range = stream_->range(epoch_);
        ASSERT_GE(range.last, cut_ ? synced_ : done_);
        ASSERT_LE(range.last.value(), all.size());
        for (const auto& [epoch, texts] : model_) {
            const StreamRange kept = stream_->range(epoch);
            if (kept.first > kept.last) {
                continue;
            }
            const ReadBack back = read_back(*stream_, epoch, kept.first, 100);
            ASSERT_EQ(back.failure, "");
            ASSERT_EQ(back.due.value(), kept.last.value() + 1);
            for (std::size_t i = 0; i < back.texts.size(); ++i) {
                ASSERT_EQ(back.texts[i], texts[kept.first.value() - 1 + i]);
            }
        }
        all.resize(range.last.value());
        done_ = synced_ = range.last;
    }
    bool step() {
        switch (random_() % 8) {
            case 0: return stream_->sync() && (synced_ = std::max(synced_, done_), true);
            case 1:
                if (random_() % 8 == 0) {
                    epoch_ = "e" + std::to_string(random_());
                    done_ = synced_ = Offset{};
                }
                return true;
            case 2:
            case 3:
            case 4: {
                if (stream_->write() != StoredStream::Written::Done) {
                    return false;
                }
                done_ = Offset{model_[epoch_].size()};
                return true;
            }
            default: {
                std::vector<std::string>& all = model_[epoch_];
                const auto block = random_block(all.size() + 1, 1 + random_() % 9, random_);
                stream_->append(epoch_, *block);
                for (std::string& text : texts_of(*block)) {
                    all.push_back(std::move(text));
                }
                return true;
            }
        }
    }

    std::mt19937_64 random_;
    MemoryDisk disk_;
    std::unique_ptr<StoredStream> stream_;
    std::map<std::string, std::vector<std::string>> model_;
    std::string epoch_ = "first";
    Offset done_;    // of epoch_: write() said so
    Offset synced_;  // of epoch_: sync() said so
    bool cut_ = false;
};

TEST(StoredCrash, AcrossKillsAndPowerCutsNothingIsLostOrInvented) {
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        Crashes(seed).run();
        ASSERT_FALSE(HasFailure()) << "seed " << seed;
    }
}

}  // namespace
}  // namespace tickstock
