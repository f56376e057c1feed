#include "sources/synthetic/news.hpp"

#include <algorithm>

#include "sources/synthetic/random.hpp"

namespace tickstock {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class Newsroom {
public:
    Newsroom(std::uint64_t seed, const std::vector<SyntheticSymbol>& universe,
             const SyntheticDay& day, double trades_per_second)
        : random_(seed, 3), universe_(universe), day_(day) {
        const auto regular_s = static_cast<double>((day.close - day.open) / seconds{1});
        day_trades_ = trades_per_second * regular_s;
    }

    News shock() {
        News news = on_some_symbol();
        const double u = random_.unit();
        news.log_return = signed_by_coin(0.012 + 0.05 * u * u);
        news.absorb_s = 4 + 12 * random_.unit();
        const bool before_open = day_.begin < day_.open && random_.chance(0.2);
        news.at = before_open ? between(day_.open - minutes{120}, day_.open - minutes{2})
                              : morning_heavy();
        crowd(news, 0.02, 90);
        return news;
    }

    News drift() {
        News news = on_some_symbol();
        news.log_return = signed_by_coin(0.006 + 0.014 * random_.unit());
        news.absorb_s = 240 + 500 * random_.unit();
        news.at = morning_heavy();
        crowd(news, 0.02, 400);
        return news;
    }

    News pause(bool first) {
        News news = on_some_symbol();
        const double band = universe_[news.symbol].band;
        news.log_return = signed_by_coin(band * (1.5 + 0.5 * random_.unit()));
        news.absorb_s = 6;
        news.at = first ? between(day_.open + minutes{48}, day_.open + minutes{68})
                        : between(day_.open + minutes{16}, day_.close - minutes{40});
        crowd(news, 0.03, 120);
        return news;
    }

    News halt() {
        News news = shock();
        news.log_return *= 2;
        news.halt = minutes{10 + random_.below(20)};
        news.at = between(day_.open + minutes{30}, day_.close - minutes{60});
        return news;
    }

private:
    double signed_by_coin(double x) { return random_.chance(0.5) ? x : -x; }

    UnixNanos between(UnixNanos from, UnixNanos to) {
        const double length = static_cast<double>((to - from).count());
        return from + Nanos{static_cast<std::int64_t>(length * random_.unit())};
    }

    UnixNanos morning_heavy() {
        const double u = random_.unit();
        const double length = static_cast<double>((day_.close - day_.open - minutes{21}).count());
        return day_.open + minutes{1} +
               Nanos{static_cast<std::int64_t>(length * u * (0.4 + 0.6 * u))};
    }

    /// Half of it where most people look; no funds.
    News on_some_symbol() {
        News news;
        const auto count = static_cast<double>(universe_.size());
        for (int tries = 0; tries < 20; ++tries) {
            const double u = random_.unit();
            const double rank = random_.chance(0.5) ? u : u * u * u;
            news.symbol = static_cast<std::uint32_t>(rank * count);
            if (!universe_[news.symbol].fund) {
                break;
            }
        }
        return news;
    }

    /// A share of the symbol's usual day on top, thinning out.
    void crowd(News& news, double share, double decay_s) {
        const double usual = universe_[news.symbol].activity * day_trades_;
        news.trades = std::clamp(share * usual, 20.0, 6000.0);
        news.decay_s = decay_s * (0.6 + random_.unit());
    }

    Random random_;
    const std::vector<SyntheticSymbol>& universe_;
    const SyntheticDay& day_;
    double day_trades_ = 0;
};

}  // namespace

std::vector<News> make_news(const SyntheticModel& model, std::uint64_t seed,
                            const std::vector<SyntheticSymbol>& universe, const SyntheticDay& day,
                            double trades_per_second) {
    Newsroom room(seed, universe, day, trades_per_second);
    const auto symbols = static_cast<double>(universe.size());
    const auto count = [&](double per_symbol, int least) {
        return std::max(least, static_cast<int>(per_symbol * symbols));
    };
    std::vector<News> all;
    for (int i = count(model.shocks, 6); i > 0; --i) {
        all.push_back(room.shock());
    }
    for (int i = count(model.drifts, 8); i > 0; --i) {
        all.push_back(room.drift());
    }
    for (int i = count(model.pauses_per_1000 / 1000, 2); i > 0; --i) {
        all.push_back(room.pause(i == 1));
    }
    for (int i = count(model.news_halts_per_1000 / 1000, 1); i > 0; --i) {
        all.push_back(room.halt());
    }
    std::stable_sort(all.begin(), all.end(),
                     [](const News& a, const News& b) { return a.at < b.at; });
    return all;
}

}  // namespace tickstock
