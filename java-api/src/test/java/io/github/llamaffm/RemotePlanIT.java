package io.github.llamaffm;

import io.github.llamaffm.support.ChildJvm;
import io.github.llamaffm.support.RpcServer;
import io.github.llamaffm.support.TestFiles;
import org.junit.jupiter.api.Test;

class RemotePlanIT {

    /** Two RPC servers as devices: their parts, and none of their memory is taken by a plan. */
    @Test
    void isWhatTheContextTakesOnOtherDevices() {
        try (RpcServer first = RpcServer.start(); RpcServer second = RpcServer.start()) {
            ChildJvm.of(PlannedOffload.class)
                    .arguments(TestFiles.model(), first.address(), second.address(), first.pid())
                    .run().assertSuccess();
        }
    }
}
