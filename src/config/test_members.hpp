#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>

/// The members of plain structs, so that a test can walk a Config without naming any: a member that
/// someone adds is walked, too.
namespace tickstock::testing {

/// Turns into anything, to try how many initialisers a struct takes.
struct Anything {
    template <class T>
    operator T() const;
};

template <class T, std::size_t... I>
constexpr bool takes(std::index_sequence<I...>) {
    return requires {
        T{(static_cast<void>(I), Anything{})...};
    };
}

template <class T, std::size_t N = 0>
constexpr std::size_t member_count() {
    if constexpr (takes<T>(std::make_index_sequence<N + 1>{})) {
        return member_count<T, N + 1>();
    } else {
        return N;
    }
}

/// References to the members, in their order.
template <class T>
auto members(T& value) {
    constexpr std::size_t count = member_count<std::remove_const_t<T>>();
    static_assert(count > 0 && count <= 36, "extend members()");
    if constexpr (count == 1) {
        auto& [a0] = value;
        return std::tie(a0);
    } else if constexpr (count == 2) {
        auto& [a0, a1] = value;
        return std::tie(a0, a1);
    } else if constexpr (count == 3) {
        auto& [a0, a1, a2] = value;
        return std::tie(a0, a1, a2);
    } else if constexpr (count == 4) {
        auto& [a0, a1, a2, a3] = value;
        return std::tie(a0, a1, a2, a3);
    } else if constexpr (count == 5) {
        auto& [a0, a1, a2, a3, a4] = value;
        return std::tie(a0, a1, a2, a3, a4);
    } else if constexpr (count == 6) {
        auto& [a0, a1, a2, a3, a4, a5] = value;
        return std::tie(a0, a1, a2, a3, a4, a5);
    } else if constexpr (count == 7) {
        auto& [a0, a1, a2, a3, a4, a5, a6] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6);
    } else if constexpr (count == 8) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7);
    } else if constexpr (count == 9) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8);
    } else if constexpr (count == 10) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9);
    } else if constexpr (count == 11) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10);
    } else if constexpr (count == 12) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11);
    } else if constexpr (count == 13) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12);
    } else if constexpr (count == 14) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13);
    } else if constexpr (count == 15) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14);
    } else if constexpr (count == 16) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15);
    } else if constexpr (count == 17) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16);
    } else if constexpr (count == 18) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17] =
            value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17);
    } else if constexpr (count == 19) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17,
               a18] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18);
    } else if constexpr (count == 20) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19);
    } else if constexpr (count == 21) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20);
    } else if constexpr (count == 22) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21);
    } else if constexpr (count == 23) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22);
    } else if constexpr (count == 24) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23);
    } else if constexpr (count == 25) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24);
    } else if constexpr (count == 26) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24, a25] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24, a25);
    } else if constexpr (count == 27) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24, a25, a26] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24, a25, a26);
    } else if constexpr (count == 28) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24, a25, a26, a27] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27);
    } else if constexpr (count == 29) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24, a25, a26, a27, a28] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28);
    } else if constexpr (count == 30) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29);
    } else if constexpr (count == 31) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30);
    } else if constexpr (count == 32) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31);
    } else if constexpr (count == 33) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31,
                        a32);
    } else if constexpr (count == 34) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31,
                        a32, a33);
    } else if constexpr (count == 35) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34] =
            value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31,
                        a32, a33, a34);
    } else if constexpr (count == 36) {
        auto& [a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, a18,
               a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34,
               a35] = value;
        return std::tie(a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16,
                        a17, a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31,
                        a32, a33, a34, a35);
    }
}

template <class T>
inline constexpr bool is_array = false;
template <class T, std::size_t N>
inline constexpr bool is_array<std::array<T, N>> = true;

/// Calls `visit(path, leaf)` with every member that is no struct and no array; the path has the
/// places of members and elements: ".1.0.3".
template <class T, class Visit>
void for_each_leaf(T& value, const std::string& path, const Visit& visit) {
    using Plain = std::remove_const_t<T>;
    if constexpr (is_array<Plain>) {
        for (std::size_t i = 0; i < value.size(); ++i) {
            for_each_leaf(value[i], path + "." + std::to_string(i), visit);
        }
    } else if constexpr (std::is_aggregate_v<Plain>) {
        std::apply(
            [&](auto&... member) {
                std::size_t place = 0;
                (for_each_leaf(member, path + "." + std::to_string(place++), visit), ...);
            },
            members(value));
    } else {
        visit(path, value);
    }
}

}  // namespace tickstock::testing
