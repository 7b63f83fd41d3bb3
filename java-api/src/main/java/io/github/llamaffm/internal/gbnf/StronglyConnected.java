package io.github.llamaffm.internal.gbnf;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.IntFunction;

/** Which nodes of a graph reach each other: Tarjan's algorithm, without recursion. */
final class StronglyConnected {

    private final int[][] edges;
    private final int[] component;

    StronglyConnected(int nodes, IntFunction<int[]> targets) {
        edges = new int[nodes][];
        Arrays.setAll(edges, targets);
        component = new int[nodes];
        Arrays.fill(component, -1);
    }

    /** The component of each node. */
    int[] components() {
        int[] index = new int[edges.length];
        int[] low = new int[edges.length];
        int[] next = new int[edges.length];
        Deque<Integer> path = new ArrayDeque<>();
        Deque<Integer> unassigned = new ArrayDeque<>();
        int counter = 0;
        int components = 0;
        for (int start = 0; start < edges.length; start++) {
            if (index[start] != 0) {
                continue;
            }
            path.push(start);
            while (!path.isEmpty()) {
                int node = path.getFirst();
                if (index[node] == 0) {
                    index[node] = low[node] = ++counter;
                    unassigned.push(node);
                }
                if (next[node] < edges[node].length) {
                    int target = edges[node][next[node]++];
                    if (index[target] == 0) {
                        path.push(target);
                    } else if (component[target] < 0) {
                        low[node] = Math.min(low[node], index[target]);
                    }
                    continue;
                }
                path.pop();
                if (!path.isEmpty()) {
                    int parent = path.getFirst();
                    low[parent] = Math.min(low[parent], low[node]);
                }
                if (low[node] == index[node]) {
                    int member;
                    do {
                        member = unassigned.pop();
                        component[member] = components;
                    } while (member != node);
                    components++;
                }
            }
        }
        return component;
    }
}
